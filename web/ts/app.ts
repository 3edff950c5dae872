// Everything works without this file; it saves page loads and adds readouts.
import "htmx.org/dist/htmx.esm.js";
import "../../internal/face/web/atlas/readout.ts";
import "../../internal/face/web/account/passkey.ts";
import "../../internal/face/web/upload/send.ts";
