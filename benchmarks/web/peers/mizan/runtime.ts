/** What a page is made of that reads contexts and calls functions. */
export { MizanContext, bindContext, bindGlobal, useCall, useSlot, useStatus } from "mizan-react";
