// Journeys in a real browser against the program itself: `node run.mjs [name …]`.
//
// MOTCUA_BINARY          the program (built by scripts/test)
// MOTCUA_CHROMIUM        the browser
// MOTCUA_CHROMIUM_SHELL  the same without its own windows and bars, which are a third of its work; without it everything is done in the
//                        browser, with it the journeys that show a PDF or measure a screen
//
// A small demonstration province is made in a temporary folder and served on a free port of 127.0.0.1.

import { serve } from "./server.mjs";
import { Browser } from "./browser.mjs";
import * as thread from "./journeys/thread.mjs";
import * as cards from "./journeys/cards.mjs";
import * as keyboard from "./journeys/keyboard.mjs";
import * as plan from "./journeys/plan.mjs";
import * as steering from "./journeys/steering.mjs";
import * as papers from "./journeys/papers.mjs";
import * as supplement from "./journeys/supplement.mjs";
import * as rating from "./journeys/rating.mjs";
import * as list from "./journeys/list.mjs";
import * as petition from "./journeys/petition.mjs";
import * as slot from "./journeys/slot.mjs";
import * as work from "./journeys/work.mjs";
import * as definition from "./journeys/definition.mjs";
import * as control from "./journeys/control.mjs";
import * as drawn from "./journeys/process.mjs";
import * as dragging from "./journeys/dragging.mjs";
import * as pages from "./journeys/pages.mjs";

const wanted = process.argv.slice(2);
const journeys = [
  ["a citizen files on a 360 px screen, the ward answers, the leader's figures move", (t) => thread.journey(t, { javaScript: true })],
  ["the same without JavaScript", (t) => thread.journey(t, { javaScript: false })],
  ["photos of both sides of a card, looked at by the clerk; found by number; the result taken home", (t) => cards.journey(t, { javaScript: true })],
  ["the same card without JavaScript", (t) => cards.journey(t, { javaScript: false })],
  ["an officer asks for papers by a day, the applicant corrects an answer on a 360 px screen, and what was declared before is history", (t) => supplement.journey(t, { javaScript: true })],
  ["the same supplement without JavaScript", (t) => supplement.journey(t, { javaScript: false })],
  ["a case of the counter is rated with the code of its receipt, once, and no official reads it", (t) => rating.journey(t, { javaScript: true })],
  ["the same rating without JavaScript", (t) => rating.journey(t, { javaScript: false })],
  ["an official signs in and receives a dossier with the keyboard alone", keyboard.journey],
  ["a plan is read, looked through and saved as a draft programme", (t) => plan.journey(t, { javaScript: true })],
  ["a plan is read without JavaScript", (t) => plan.journey(t, { javaScript: false })],
  ["the leader's first page stands on one screen, and a number opens its cases", steering.journey, { whole: true }],
  ["papers are looked at and saved, lists are saved, the receipt is printed", papers.journey, { whole: true }],
  ["a list is filtered, sorted, kept as a view, opened by default and taken as a file", (t) => list.journey(t, { javaScript: true })],
  ["the same list without JavaScript", (t) => list.journey(t, { javaScript: false })],
  ["a petition goes from a phone to its published answer, and past the unit it complains of", (t) => petition.journey(t, { javaScript: true })],
  ["the same petition without JavaScript", (t) => petition.journey(t, { javaScript: false })],
  ["a slot at the ward's desk is booked from a telephone, shows its code and is given back", (t) => slot.journey(t, { javaScript: true })],
  ["the same slot without JavaScript", (t) => slot.journey(t, { javaScript: false })],
  ["a leader's work is one list with a dossier, a petition and a declared figure, each opened from there", (t) => work.journey(t, { javaScript: true })],
  ["the same work without JavaScript", (t) => work.journey(t, { javaScript: false })],
  ["what an indicator counts is changed by two people, last year's figure stays", (t) => definition.journey(t, { javaScript: true })],
  ["the same change without JavaScript", (t) => definition.journey(t, { javaScript: false })],
  ["a decision changes and ends procedures in one act, is posted and read beside the version before; a review computes what complying costs", (t) => control.journey(t, { javaScript: true })],
  ["the same decision and review without JavaScript", (t) => control.journey(t, { javaScript: false })],
  ["a process is drawn, mended, announced; a birth is filed with all that belongs to it", (t) => drawn.journey(t, { javaScript: true })],
  ["the same process without JavaScript", (t) => drawn.journey(t, { javaScript: false })],
  ["a process is designed with the mouse, announced, and drawn again where its shapes were left", dragging.journey],
  ["axe finds nothing on any page of any role's menu", pages.journey],
].filter(([name]) => wanted.length === 0 || wanted.some((word) => name.includes(word)));

const chromium = process.env.MOTCUA_CHROMIUM || "/usr/bin/chromium";
const shell = process.env.MOTCUA_CHROMIUM_SHELL || chromium;
const server = await serve();
const browsers = new Map();
/** Opened when the first journey wants it. */
async function opened(program) {
  if (!browsers.has(program)) browsers.set(program, await Browser.open(server.address, program));
  return browsers.get(program);
}
let failures = 0;
try {
  for (const [name, journey, { whole = false } = {}] of journeys) {
    const began = Date.now();
    const browser = await opened(whole ? chromium : shell);
    try {
      await journey({ browser, ...server });
      browser.complain();
      console.log(`ok      ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
    } catch (error) {
      failures += 1;
      console.log(`FAILED  ${name}\n${error.stack ?? error}`);
      await browser.pictures(name);
    }
    await browser.closePeople();
  }
} finally {
  for (const browser of browsers.values()) await browser.close();
  await server.stop();
}
// A panic or an error in the program's log is a failure whatever the pages showed.
for (const line of server.complaints()) {
  failures += 1;
  console.log(`FAILED  in the program's log: ${line}`);
}
console.log(failures === 0 ? `${journeys.length} journeys passed` : `${failures} of ${journeys.length} journeys failed`);
process.exit(failures === 0 ? 0 : 1);
