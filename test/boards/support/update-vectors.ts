// SPDX-License-Identifier: Apache-2.0
// Known answers for updates: RFC 8032, the Sig_structure of the examples published with RFC 9052, and a container put together by hand.

const bytes = (...hex: string[]): Buffer => Buffer.from(hex.join(''), 'hex');

interface SignatureVector {
  readonly name: string;
  readonly publicKey: Buffer;
  readonly message: Buffer;
  readonly signature: Buffer;
}

const vector = (name: string, publicKey: string, message: string, ...signature: string[]): SignatureVector => ({
  name,
  publicKey: bytes(publicKey),
  message: bytes(message),
  signature: bytes(...signature),
});

const FIRST_KEY = 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a';
/** SHA-512 of "abc". */
const ABC_DIGEST =
  'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f';

/** RFC 8032 §7.1. */
export const RFC_8032: readonly SignatureVector[] = [
  vector(
    'TEST 1',
    FIRST_KEY,
    '',
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  ),
  vector(
    'TEST 2',
    '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    '72',
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  ),
  vector(
    'TEST 3',
    'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    'af82',
    '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  ),
  vector(
    'TEST SHA(abc)',
    'ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf',
    ABC_DIGEST,
    'dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704',
  ),
];

/** First bytes of the SHA-512 of the first key. */
const FIRST_KEY_ID = '0e02a50225b4baaa';

/**
 * The examples for EdDSA published with RFC 9052 have these protected header and payload, "This is the content.". The signature is that of
 * OpenSSL with the first key of RFC 8032: Ed25519 gives the same one each time.
 */
export const SIG_STRUCTURE = {
  keyId: bytes(FIRST_KEY_ID),
  publicKey: bytes(FIRST_KEY),
  protectedHeader: bytes('43', 'a10127'),
  payload: bytes('54', '546869732069732074686520636f6e74656e742e'),
  signature: bytes(
    '6354488f9f290e36cd80e23762e664a5cb03e4267c66a8cffaef7c66d89a40bf2cbb8222432a08e5ee410d8b540c6931d26fb6af673f7e2100655d8bae765c04',
  ),
};

/** { 1: -8, 3: "application/vnd.ipa-wasm.manifest+cbor" } */
const PROTECTED = ['582c', 'a2', '0127', '037826', '6170706c69636174696f6e2f766e642e6970612d7761736d2e6d616e69666573742b63626f72'];
/** { 1: 1, 2: "ipad-min", 3: 7, 4: 3, 5: 1, 6: 9000, 7: 3, 8: SHA-512 } */
const MANIFEST = ['585c', 'a8', '0101', '0268697061642d6d696e', '0307', '0403', '0501', '06192328', '0703', '085840', ABC_DIGEST];

/** A container with the module "abc", signed by the first key of RFC 8032. */
export const HAND_WRITTEN = {
  keyId: bytes(FIRST_KEY_ID),
  publicKey: bytes(FIRST_KEY),
  /** [ "Signature1", protected header, nothing, manifest ] */
  signed: bytes('84', '6a5369676e617475726531', ...PROTECTED, '40', ...MANIFEST),
  container: bytes(
    'd284',
    ...PROTECTED,
    `a10448${FIRST_KEY_ID}`,
    ...MANIFEST,
    '5840',
    '2abb56439c0e2eef1a835ea5565152f53293ac7a73106a313afefd69a6e8a8b8a435ed99abdc031246d9c4395131591bd625ba10aaddbcab4938b9e16f2a470a',
    '43616263',
  ),
};
