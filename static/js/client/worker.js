// The desk in a worker of its own: sealing takes time, and the page goes on meanwhile.

import { Desk } from "./desk.js";
import { answerCalls } from "./line.js";

answerCalls(self, (tell) => new Desk(tell));
