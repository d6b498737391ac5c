// What can be done about a device: switch it with a reason, or say how it is where nothing measures it. The room decides.

import { useState } from 'preact/hooks';
import { DEVICE_ACTS } from '../../../server/core/device-acts.js';
import type { DeviceAct } from '../../../server/core/device-types.js';
import type { DeviceKind } from '../../../server/core/readings.js';
import type { DeviceView, StaffRequest } from '../../../server/protocol/staff.js';
import { useLanguage, useTexts } from '../../i18n/language.js';
import { equips } from '../day/places.js';
import { CommandForm } from '../parts/command-form.js';
import { Choice, Line } from '../parts/fields.js';
import { minutesOf } from '../parts/typed.js';
import { useView } from '../room/use-console.js';
import { actWords } from '../texts/devices.js';
import { words } from '../texts/words.js';
import type { DrawerTexts } from './device-texts.js';

type Open = DeviceAct | 'effect' | 'discharge' | 'runtime' | 'detector';

const ATTESTS: Partial<Record<DeviceKind, readonly Open[]>> = {
  ups: ['discharge', 'runtime'],
  jammer: ['effect', 'detector'],
};

interface FormsProps {
  device: DeviceView;
  t: DrawerTexts;
}

export function DeviceForms({ device, t }: FormsProps) {
  const { you } = useView();
  const language = useLanguage();
  const [open, setOpen] = useState<Open | null>(null);
  const acts: readonly Open[] = [...DEVICE_ACTS[device.kind], ...(ATTESTS[device.kind] ?? [])];
  if (!equips(you.roles) || acts.length === 0) return null;
  const names: Partial<Record<Open, string>> = {
    effect: t.attestJammer,
    runtime: t.attestRuntime,
    discharge: t.recordDischarge,
    detector: t.attestDetector,
  };
  const close = () => setOpen(null);
  const Form = open === null ? null : open === 'on' || open === 'off' || open === 'ring' ? Switch : Attest;
  return (
    <>
      <h4>{t.acts}</h4>
      <div class="form-tabs bare">
        {acts.map((one) => (
          <button
            type="button"
            key={one}
            class={one === open ? 'chosen' : ''}
            aria-expanded={one === open}
            onClick={() => setOpen(one === open ? null : one)}
          >
            {names[one] ?? actWords(one, language)}
          </button>
        ))}
      </div>
      {Form !== null && open !== null && <Form key={open} device={device} t={t} open={open} close={close} />}
    </>
  );
}

interface OpenProps extends FormsProps {
  open: Open;
  close: () => void;
}

function Switch({ device: { deviceId }, open, close }: OpenProps) {
  const w = useTexts(words);
  const language = useLanguage();
  const [reason, setReason] = useState('');
  const said = reason.trim();
  return (
    <CommandForm
      button={actWords(open, language)}
      kind={open === 'off' ? 'danger' : 'primary'}
      done={close}
      cancel={close}
      request={
        said === '' ? null : { type: 'command-device', deviceId, act: open as DeviceAct, reason: said }
      }
    >
      <Line label={w.reason} hint={w.reasonHint} value={reason} change={setReason} first />
    </CommandForm>
  );
}

function Attest({ device: { deviceId }, t, open, close }: OpenProps) {
  const [value, setValue] = useState('');
  const [note, setNote] = useState('');
  const said = note.trim();
  const request = said === '' ? null : attestation(open, deviceId, value.trim(), said);
  return (
    <CommandForm button={t.send} done={close} cancel={close} request={request}>
      {open === 'effect' && (
        <Choice
          label={t.measured}
          none={t.choose}
          value={value as 'effective' | 'ineffective' | ''}
          change={setValue}
          options={[
            { value: 'effective', text: t.effective },
            { value: 'ineffective', text: t.ineffective },
          ]}
        />
      )}
      {open === 'discharge' && <p class="muted small">{t.dischargeHint}</p>}
      {open === 'runtime' && (
        <Line
          label={t.minutes}
          hint={t.minutesHint}
          value={value}
          change={setValue}
          maxLength={4}
          numeric
          first
        />
      )}
      {open === 'detector' && (
        <Line label={t.detectorValue} value={value} change={setValue} maxLength={100} first />
      )}
      <Line label={t.note} hint={t.noteHint} value={note} change={setNote} />
    </CommandForm>
  );
}

function attestation(open: Open, deviceId: string, value: string, note: string): StaffRequest | null {
  if (open === 'discharge') return { type: 'record-discharge', deviceId, note };
  if (value === '') return null;
  const common = { type: 'attest-device', deviceId, note } as const;
  if (open === 'effect') return { ...common, what: 'jammer-effective', value };
  if (open === 'detector') return { ...common, what: 'detector', value };
  const minutes = minutesOf(value);
  return minutes === null ? null : { ...common, what: 'runtime', value: String(minutes * 60) };
}
