// SPDX-License-Identifier: Apache-2.0
// Sizes of windows and buffers, in bytes. Every number here is RAM on the device.

/** Network window: the largest part of a message that is in memory at a time, each way. */
export const NETWORK_WINDOW_BYTES: i32 = 1024;
/** Room for what CoAP has in front of a block of NETWORK_WINDOW_BYTES. */
export const COAP_HEAD_BYTES: i32 = 64;
/** Modem bytes or response APDU per event. */
export const CARD_WINDOW_BYTES: i32 = 258;
/** What is read of a line of the modem before it is looked at. */
export const LINE_BYTES: i32 = 64;
/** A response APDU, and twice LINE_BYTES of digits that may go beyond it. */
export const RESPONSE_BYTES: i32 = 324;
/** The handle of a channel that the modem opens; long ones have 16 digits. */
export const SESSION_BYTES: i32 = 24;
/** The longest AT command line: AT+CGLA=<handle>,522,"…" and carriage return. */
export const CARD_LINE_BYTES: i32 = 564;
/** Messages that must be seen whole: certificates and signatures of an authentication, an eIM configuration, a signed result. */
export const MESSAGE_BYTES: i32 = 3072;
/** A report that only this module holds: signed error of a package, error of a trigger. */
export const OWED_BYTES: i32 = 512;
/** Activation code (SGP.32 v1.2 §2.11.1.3: 0..255). */
export const ACTIVATION_CODE_BYTES: i32 = 256;
/** Nesting of TLVs that is followed. */
export const TLV_DEPTH: u32 = 16;
/** GET RESPONSE commands for one ES10 function. */
export const MAX_GET_RESPONSES: u32 = 512;
/** Elements of profile metadata that are kept: ICCID, names, class, policy rules, owner. */
export const METADATA_BYTES: i32 = 256;
/** Notifications whose failed deliveries are remembered, 8 bytes each. */
export const BACKOFF_BYTES: i32 = 64;
/** The virtual ISD-R (emulation/): the longest command it takes, an eUICC package or AddInitialEim. */
export const VIRTUAL_COMMAND_BYTES: i32 = 2048;
/** … its longest answer, while it is put together. */
export const VIRTUAL_ANSWER_BYTES: i32 = 2432;
/** … the eIM configurations it keeps. */
export const VIRTUAL_EIMS_BYTES: i32 = 1536;
/** … the eUICC package results it keeps until the eIM has them; the oldest goes when there is no room. */
export const VIRTUAL_RESULTS_BYTES: i32 = 1920;
/** Everything of the virtual ISD-R: these four, and what is small. */
export const EMULATION_BYTES: i32 = 9216;
