import { runVectors } from "./page.js";

onmessage = async (event) => postMessage(await runVectors(event.data));
