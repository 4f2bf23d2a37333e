// Sends the authorization response on at once; without this file the button does it.
"use strict";
document.getElementById("form-post").submit();
