// The workstation's pages work without this. With it they follow what comes, lock by themselves, and
// can be used with single keys.

import { listenForKeys } from "./workstation-keys.js";
import { followNews } from "./workstation-live.js";
import { searchWhileTyping } from "./workstation-search.js";
import { guardForms } from "./workstation-forms.js";

guardForms();
listenForKeys();
followNews();
searchWhileTyping();
