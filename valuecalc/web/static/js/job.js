// Follows a job: once a second its page is asked for anew, and how far it is is taken over from
// it. When the job has ended, the page itself is loaded again.
//
// The browser turns the answer into a document (`responseType`), so no script writes markup.

const EVERY_SECOND = 1000;
const AFTER_A_FAULT = 5000;
const card = document.getElementById("job");

wait(EVERY_SECOND);

function wait(milliseconds) {
  setTimeout(ask, milliseconds);
}

function ask() {
  const request = new XMLHttpRequest();
  request.open("GET", location.href);
  request.responseType = "document";
  request.onerror = () => wait(AFTER_A_FAULT);
  request.onload = () => take(request);
  request.send();
}

function take(request) {
  // Too often, or a database that is away: the job itself goes on.
  if (request.status === 429 || request.status >= 500) return wait(AFTER_A_FAULT);
  const now = request.response?.getElementById("job");
  if (request.status !== 200 || !now?.querySelector("[data-job-bar]")) return location.reload();
  card.querySelector("[data-job-bar]").value = now.querySelector("[data-job-bar]").value;
  say(card.querySelector("[data-job-words]"), now.querySelector("[data-job-words]"));
  say(card.querySelector("h2"), now.querySelector("h2"));
  document.title = request.response.title;
  wait(EVERY_SECOND);
}

// What has not changed is not said again to those who listen.
function say(here, there) {
  if (here.textContent !== there.textContent) here.textContent = there.textContent;
}
