// A person reads the text in the picture, the room's name and the clock, and says whether it is right: nothing else can
// (REQ-A06). The picture is the large stream's, as the camera sends it.

import { useEffect, useState } from 'preact/hooks';
import type { HttpProblem } from '../../../server/protocol/http.js';
import type { DeviceView } from '../../../server/protocol/staff.js';
import { useLanguage, useTexts } from '../../i18n/language.js';
import { timeOfDay } from '../../ui/time.js';
import { CommandForm } from '../parts/command-form.js';
import { Choice, Line } from '../parts/fields.js';
import { useStaffNames } from '../room/use-console.js';
import { cameraTexts } from './texts.js';
import { useVideoAccess } from './use-cameras.js';
import { NoPicture } from './video-access.js';

type Verdict = 'right' | 'wrong';

export function CheckText({ device, done }: { device: DeviceView; done: () => void }) {
  const t = useTexts(cameraTexts);
  const language = useLanguage();
  const nameOf = useStaffNames();
  const { picture, problem, again } = useStill(device.deviceId);
  const [verdict, setVerdict] = useState<Verdict | ''>('');
  const [note, setNote] = useState('');
  const said = device.attested.find(({ what }) => what === 'camera-text');
  const isComplete = verdict !== '' && note.trim() !== '' && picture !== null;
  return (
    <div class="check-text">
      <div class="picture-box">
        {picture !== null && <img src={picture} alt={device.name} />}
        {picture === null && (
          <p class="no-picture" role="status">
            {problem === null ? t.calling : problem[language]}
          </p>
        )}
      </div>
      <div class="check-form">
        <p>{t.checkTextHint}</p>
        {said !== undefined && (
          <p class="muted">
            {t.said(said.value === 'right' ? t.textRight : t.textWrong, timeOfDay(said.at), nameOf(said.by))}
          </p>
        )}
        <button type="button" onClick={again}>
          {t.newPicture}
        </button>
        <CommandForm
          button={t.send}
          done={done}
          cancel={done}
          request={
            isComplete
              ? {
                  ...{ type: 'attest-device', deviceId: device.deviceId, what: 'camera-text' },
                  ...{ value: verdict, note: note.trim() },
                }
              : null
          }
        >
          <Choice
            label={t.textIs}
            none={t.choose}
            value={verdict}
            change={setVerdict}
            options={[
              { value: 'right', text: t.textRight },
              { value: 'wrong', text: t.textWrong },
            ]}
          />
          <Line label={t.note} hint={t.noteHint} value={note} change={setNote} />
        </CommandForm>
      </div>
    </div>
  );
}

function useStill(deviceId: string) {
  const access = useVideoAccess();
  const [picture, setPicture] = useState<string | null>(null);
  const [problem, setProblem] = useState<HttpProblem | null>(null);
  const [round, setRound] = useState(0);
  useEffect(() => {
    const control = new AbortController();
    let url: string | null = null;
    setPicture(null);
    setProblem(null);
    access
      .get(`live/${deviceId}/still.jpg`, control.signal)
      .then((response) => response.blob())
      .then((bytes) => {
        if (control.signal.aborted) return;
        url = URL.createObjectURL(bytes);
        setPicture(url);
      })
      .catch((error: unknown) => {
        if (error instanceof NoPicture) setProblem(error.problem);
      });
    return () => {
      control.abort();
      if (url !== null) URL.revokeObjectURL(url);
    };
  }, [access, deviceId, round]);
  return { picture, problem, again: () => setRound(round + 1) };
}
