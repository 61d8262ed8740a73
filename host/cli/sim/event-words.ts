// SPDX-License-Identifier: Apache-2.0
// What eIM and SM-DP+ have logged, in words.

import type { EimEvent, NotificationEvent, SessionEvent } from '../../sim/eim/index.js';
import type { SmdpEvent } from '../../sim/smdp/index.js';

type Of<Kind extends EimEvent['kind']> = Extract<EimEvent, { kind: Kind }>;

/** One line on an event of the eIM. */
export function eimWords(event: EimEvent): string {
  const words = { ...NAMES, ...RESULTS }[event.kind];
  return [words(event as never), event.problem && `PROBLEM: ${event.problem}`].filter(Boolean).join(' — ');
}

const session = (name: string) => (event: SessionEvent) => {
  const { smdpAddress, errorCode, cancelReason, cancelWord } = event;
  const why = cancelReason === undefined ? '' : `, reason ${cancelWord ?? cancelReason} ${signed(event)}`;
  return `${name}${smdpAddress ? ` for ${smdpAddress}` : ''}${why}${errorCode === undefined ? '' : `: refused with ${errorCode}`}`;
};

const NAMES = {
  initiateAuthentication: session('InitiateAuthentication'),
  authenticateClient: session('AuthenticateClient'),
  getBoundProfilePackage: session('GetBoundProfilePackage'),
  cancelSession: session('CancelSession'),
  malformed: () => 'a message that is no ESipa message',
  internalError: () => 'a fault of the eIM itself',
};

const RESULTS = {
  getEimPackage: ({ answer, item, notifyStateChange, stateChangeWord }: Of<'getEimPackage'>) => {
    const change = notifyStateChange ? `, tells a state change (${stateChangeWord ?? 'no cause'})` : '';
    return `GetEimPackage${change}: ${item ? `gets a package (${item.item.kind})` : answer}`;
  },
  transferEimPackage: ({ pushed, answer, item, errorWord }: Of<'transferEimPackage'>) => {
    const what = item ? `a package (${item.item.kind})` : pushed;
    return `TransferEimPackage of ${what}: ${errorWord ?? (answer === 'elsewhere' ? 'the device has reported by itself' : answer)}`;
  },
  euiccPackageResult: (event: Of<'euiccPackageResult'>) => {
    const { result, duplicate } = event;
    const again = duplicate ? ', again' : '';
    if (result.form === 'signed') {
      const outcomes = result.results.map(({ operation, word }) => `${operation} ${word}`);
      return `result of an eUICC package${again}: ${outcomes.join(', ')} ${signed(event)}`;
    }
    return `error of an eUICC package${again}: ${result.form === 'errorSigned' ? `${result.errorWord} ${signed(event)}` : 'not signed'}`;
  },
  notification: (event: NotificationEvent) => {
    const { notification, forwarded } = event;
    const { events, iccid = '' } = notification.metadata;
    return `notification ${events.join('+')} ${iccid} ${signed(event)}, SM-DP+: ${forwarded}`;
  },
  ipaEuiccData: ({ data }: Of<'ipaEuiccData'>) =>
    data.form === 'error' ? `no data: ${data.errorWord}` : `data of IPA and eUICC (${Object.keys(data).length - 1} objects)`,
  downloadResult: (event: Of<'downloadResult'>) => {
    const { installation, error } = event;
    if (!installation) return `download failed: ${error?.word ?? 'no reason'}`;
    const { outcome } = installation;
    return `download ${outcome.success ? `installed ${installation.metadata.iccid}` : `failed: ${outcome.word}`} ${signed(event)}`;
  },
  packageError: ({ errorWord }: Of<'packageError'>) => `the IPA cannot use a package: ${errorWord}`,
};

function signed({ verified }: EimEvent): string {
  return verified ? '(signature verified)' : '(NOT VERIFIED)';
}

/** One line on an event of the SM-DP+. */
export function smdpWords(event: SmdpEvent): string {
  switch (event.kind) {
    case 'initiateAuthentication':
      return `InitiateAuthentication as ${event.serverAddress}`;
    case 'authenticateClient':
      return `AuthenticateClient of ${event.eid}, matching ID ${event.matchingId}: profile ${event.iccid}`;
    case 'getBoundProfilePackage':
      return `GetBoundProfilePackage: ${event.sizeBytes} bytes for profile ${event.iccid}${event.reused ? ', once more' : ''}`;
    case 'handleNotification': {
      const { metadata, verified } = event.notification;
      return `notification ${metadata.events.join('+')} ${metadata.iccid ?? ''} ${verified ? '(signature verified)' : '(NOT VERIFIED)'}`;
    }
    case 'cancelSession':
      return `CancelSession, reason ${event.reason ?? 'not given'}`;
    case 'refused':
      return `${event.function} refused: ${event.subjectCode}/${event.reasonCode} ${event.message}`;
  }
}
