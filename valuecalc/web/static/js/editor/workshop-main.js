// Workshop mode: a contents page. All but the screen itself are modules of the editor.

import * as actions from "./actions.js";
import * as documentOfForm from "./document.js";
import * as explaining from "./explaining.js";
import * as fullScreen from "./full-screen.js";
import * as live from "./live.js";
import * as meetingNote from "./meeting-note.js";
import * as problems from "./problems.js";
import * as save from "./save.js";
import * as session from "./session.js";
import * as undo from "./undo.js";
import * as whoSays from "./who-says.js";
import * as workshop from "./workshop.js";

documentOfForm.start();
undo.start();
session.start();
problems.start();
save.start();
live.start();
actions.start();
explaining.start();
workshop.start();
whoSays.start();
meetingNote.start();
fullScreen.start();
