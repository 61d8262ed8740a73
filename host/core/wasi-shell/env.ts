// SPDX-License-Identifier: Apache-2.0
// The module's exports as the shell imports them. The file's name is the name they are imported under.

export declare function ipa_abi_version(): i32;
export declare function ipa_poll(nowMs: u32): i32;
export declare function ipa_argument(): i32;
export declare function ipa_data(): usize;
export declare function ipa_length(): i32;
export declare function ipa_window(eventKind: i32): usize;
export declare function ipa_window_size(eventKind: i32): i32;
export declare function ipa_event(kind: i32, argument: i32, length: i32): i32;
export declare function ipa_state(): usize;
export declare function ipa_state_size(): i32;
export declare const __heap_base: usize;
