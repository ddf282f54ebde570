// The editor of a case: a contents page. What is not needed at once stands in comforts.js.

import "../page.js";
import "../sections.js";
import * as actions from "./actions.js";
import * as comforts from "./comforts.js";
import * as details from "./details.js";
import * as documentOfForm from "./document.js";
import * as explaining from "./explaining.js";
import * as grid from "./grid.js";
import * as live from "./live.js";
import * as printing from "./printing.js";
import * as problems from "./problems.js";
import * as save from "./save.js";
import * as session from "./session.js";
import * as undo from "./undo.js";

documentOfForm.start();
comforts.start();
details.start();
undo.start();
session.start();
problems.start();
save.start();
live.start();
printing.start();
actions.start();
explaining.start();
grid.start();
