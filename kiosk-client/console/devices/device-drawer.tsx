// One device beside the page: how it is, all that it says, who said what, what can be done, what happened to it.

import type { ReadingName, Readings } from '../../../server/core/readings.js';
import { READINGS } from '../../../server/core/readings.js';
import type { DeviceView } from '../../../server/protocol/staff.js';
import { useLanguage, useTexts, type Language } from '../../i18n/language.js';
import { timeOfDay } from '../../ui/time.js';
import { cameraTexts } from '../cameras/texts.js';
import { mayWatch } from '../cameras/use-cameras.js';
import { useDesk } from '../desk.js';
import { useNow, useStaffNames, useView } from '../room/use-console.js';
import { Acknowledge } from '../shell/acknowledge.js';
import { age } from '../texts/age.js';
import {
  actWords,
  adapterWords,
  alarmAdvice,
  alarmWords,
  attestedWords,
  faultWords,
} from '../texts/devices.js';
import { words } from '../texts/words.js';
import { DeviceForms } from './device-forms.js';
import { DeviceIcon } from './device-icon.js';
import { deviceLook } from './device-state.js';
import { deviceTexts } from './device-strip.js';
import { drawerTexts, markSentence, type DrawerTexts } from './device-texts.js';
import { Plot } from './plot.js';
import { readingName, readingText } from './readings.js';
import { mayAcknowledge } from '../day/places.js';
import { useMarks, useReadings, useTrends } from './use-live.js';
import { KIND_WORDS, observedWords } from './words.js';

const HISTORY_SHOWN = 40;
/** Said in the facts above the table. */
const APART: readonly ReadingName[] = ['jammer.commanded', 'jammer.reported', 'jammer.observed'];

export function DeviceDrawer({ deviceId }: { deviceId: string }) {
  const device = useView().devices.find((one) => one.deviceId === deviceId);
  return device === undefined ? null : <Drawer device={device} />;
}

function Drawer({ device }: { device: DeviceView }) {
  const view = useView();
  const { alarms, you } = view;
  const ofCameras = useTexts(cameraTexts);
  const desk = useDesk();
  const now = useNow();
  const language = useLanguage();
  const t = useTexts(drawerTexts);
  const w = useTexts(words);
  const strip = useTexts(deviceTexts);
  const { readings, readAt, live } = useReadings(device);
  const { tone, shape, word } = deviceLook(device, alarms, readAt, language);
  const mine = alarms.filter((alarm) => alarm.deviceId === device.deviceId);
  const names = (Object.keys(READINGS) as ReadingName[]).filter(
    (name) => readings[name] !== undefined && APART.indexOf(name) < 0,
  );
  const fault = live === null ? device.fault : live.fault;
  return (
    <section class="drawer" aria-label={device.name}>
      <div class="drawer-head">
        <h3>
          <DeviceIcon kind={device.kind} /> {device.name}
        </h3>
        <button type="button" class="quiet" onClick={() => desk.openDevice(null)}>
          {w.close} Esc
        </button>
      </div>
      <p class={`state-line ${tone}`}>
        <i aria-hidden="true">{shape}</i> {word}
        <span class="muted"> · {KIND_WORDS[device.kind][language]}</span>
        {device.simulated === true && <span class="pill">{strip.simulated}</span>}
      </p>
      {mine.map((alarm) => (
        <div key={alarm.alarmId} class={`standing ${alarm.clearedAt === null ? alarm.severity : 'over'}`}>
          <b>{alarmWords(alarm.code, language)}</b>
          <span class="muted">{timeOfDay(alarm.raisedAt)}</span>
          <p>{alarmAdvice(alarm.code, language)}</p>
          {alarm.acknowledged === null && mayAcknowledge(you.roles) && (
            <Acknowledge alarmId={alarm.alarmId} />
          )}
        </div>
      ))}
      <dl class="facts">
        <dt>{t.lastAnswer}</dt>
        <dd>{readAt === null ? t.never : strip.ago(age(now - readAt, language))}</dd>
        {fault !== null && (
          <>
            <dt>{t.fault}</dt>
            <dd>{faultWords(fault, language)}</dd>
          </>
        )}
        <dt>{t.adapter}</dt>
        <dd>{adapterWords(device.adapter, language)}</dd>
      </dl>
      {device.kind === 'camera' && mayWatch(view) && (
        <button type="button" onClick={() => desk.openCamera(device.deviceId)}>
          {ofCameras.open(device.name)}
        </button>
      )}
      {device.kind === 'jammer' && <JammerFacts device={device} readings={readings} t={t} />}
      {device.kind !== 'jammer' && device.attested.length > 0 && <Attested device={device} t={t} />}
      {names.length > 0 && <h4>{t.readings}</h4>}
      <dl class="facts readings">
        {names.map((name) => (
          <Reading key={name} name={name} value={readings[name]} language={language} />
        ))}
      </dl>
      <Trends deviceId={device.deviceId} now={now} t={t} />
      <DeviceForms device={device} t={t} />
      <History deviceId={device.deviceId} t={t} />
    </section>
  );
}

function Reading({
  name,
  value,
  language,
}: {
  name: ReadingName;
  value: Readings[ReadingName];
  language: Language;
}) {
  return (
    <>
      <dt>{readingName(name, language)}</dt>
      <dd>{readingText(name, value, language)}</dd>
    </>
  );
}

/** What was ordered, what the device says, what was measured, what a person saw: never one for another. */
function JammerFacts({ device, readings, t }: { device: DeviceView; readings: Readings; t: DrawerTexts }) {
  const language = useLanguage();
  const nameOf = useStaffNames();
  const { commanded, attested } = device;
  const reported = readings['jammer.reported'];
  const observed = readings['jammer.observed'];
  const by = (who: string) => (who === 'room' ? '' : ` · ${nameOf(who)}`);
  const said = attested.filter(({ what }) => what === 'jammer-effective');
  return (
    <div class="apart">
      <dl class="facts">
        <dt>{t.commanded}</dt>
        <dd>
          {commanded === null
            ? t.noneYet
            : `${actWords(commanded.act, language)} · ${timeOfDay(commanded.at)}${by(commanded.by)}`}
        </dd>
        <dt>{t.reported}</dt>
        <dd>{reported === undefined ? t.noneYet : reported ? t.on : t.off}</dd>
        <dt>{t.measured}</dt>
        <dd>{observed === undefined ? t.noneYet : observedWords(observed, language)}</dd>
        <dt>{t.attested}</dt>
        <dd>
          {said.length === 0
            ? t.noneYet
            : said
                .map((one) => `${observedWords(one.value, language)} · ${timeOfDay(one.at)}${by(one.by)}`)
                .join('；')}
        </dd>
      </dl>
      <p class="muted small">{t.apart}</p>
    </div>
  );
}

function Attested({ device, t }: { device: DeviceView; t: DrawerTexts }) {
  const nameOf = useStaffNames();
  const language = useLanguage();
  return (
    <dl class="facts">
      {device.attested.map(({ what, value, by, at, note, tested }) => (
        <>
          <dt>{t.attested}</dt>
          <dd>
            {attestedWords({ what, value }, language)} ·{' '}
            {tested && `${t.tested(tested.seconds, tested.chargeFrom, tested.chargeTo)} · `}
            {timeOfDay(at)} · {nameOf(by)}
            {note === '' ? '' : ` · ${note}`}
          </dd>
        </>
      ))}
    </dl>
  );
}

function Trends({ deviceId, now, t }: { deviceId: string; now: number; t: DrawerTexts }) {
  const points = useTrends(deviceId);
  const names = (Object.keys(points) as ReadingName[]).filter((name) => (points[name]?.length ?? 0) > 1);
  return (
    <>
      <h4>{t.trends}</h4>
      {names.length === 0 && <p class="muted small">{t.noTrend}</p>}
      {names.map((name) => (
        <Plot key={name} reading={name} points={points[name] ?? []} now={now} width={230} height={44} />
      ))}
    </>
  );
}

function History({ deviceId, t }: { deviceId: string; t: DrawerTexts }) {
  const marks = useMarks();
  const nameOf = useStaffNames();
  const language = useLanguage();
  const mine = (marks ?? []).filter((mark) => mark.deviceId === deviceId).reverse();
  return (
    <div class="feed history">
      <h4>{t.history}</h4>
      {mine.length === 0 && <p class="muted small">{t.noHistory}</p>}
      <ol>
        {mine.slice(0, HISTORY_SHOWN).map((mark) => (
          <li key={mark.seq}>
            <time>{timeOfDay(mark.at)}</time>
            <span>{markSentence(mark, nameOf, language)}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}
