// The browser policies of candidates' PCs: known names and types, old and new names that say the same, both profiles, and
// nothing that would clear the store in which answers wait.

import { readFileSync } from 'node:fs';
import { Ajv, type SchemaObject } from 'ajv';
import t from 'tap';
import { FIREFOX_SCHEMA, LATER, SINCE_68 } from './support/firefox-schema.js';
import { CHROME, chromiumSchema, EDGE } from './support/policy-names.js';
import { parseRegistryFile, policiesOf } from './support/registry-file.js';
import { settingsText } from './support/settings-folder.js';

const PROFILES = ['theory', 'practical'] as const;
const KEY = {
  chrome: 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Google\\Chrome',
  edge: 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\Edge',
};
const ROOM = 'https://room.exam:8443';
type Policies = Record<string, unknown>;

const fromJson = (path: string) => JSON.parse(settingsText(path)) as Policies;
const fromRegistry = (browser: keyof typeof KEY, profile: string) =>
  policiesOf(parseRegistryFile(settingsText(`${browser}/${profile}.reg`)), KEY[browser]);

function faultsOf(schema: SchemaObject, value: unknown): string[] {
  const check = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(schema);
  return check(value)
    ? []
    : (check.errors ?? []).map((e) => `${e.instancePath} ${e.message} ${JSON.stringify(e.params)}`);
}

void t.test('every policy is known and of the right type', async (t) => {
  for (const profile of PROFILES) {
    t.strictSame(
      faultsOf(chromiumSchema(CHROME, 'boolean'), fromJson(`chrome/${profile}.json`)),
      [],
      `chrome ${profile} json`,
    );
    t.strictSame(
      faultsOf(chromiumSchema(CHROME, 'number'), fromRegistry('chrome', profile)),
      [],
      `chrome ${profile} reg`,
    );
    t.strictSame(
      faultsOf(chromiumSchema(EDGE, 'number'), fromRegistry('edge', profile)),
      [],
      `edge ${profile}`,
    );
    t.strictSame(
      faultsOf(FIREFOX_SCHEMA, fromJson(`firefox/policies.${profile}.json`)),
      [],
      `firefox ${profile}`,
    );
  }
  const planted = { URLBlockList: ['*'], PrintingEnabled: 0, IncognitoModeAvailability: 7, URLAllowlist: [] };
  t.equal(faultsOf(chromiumSchema(CHROME, 'boolean'), planted).length, 4, 'slips are found');
  t.equal(faultsOf(FIREFOX_SCHEMA, { policies: { WebSiteFilter: {}, Proxy: { Mode: 'direct' } } }).length, 2);
});

void t.test('Debian’s own Chromium knows every name that is not of old', async (t) => {
  const program = readFileSync('/usr/lib/chromium/chromium');
  for (const [name, { until, windows }] of Object.entries(CHROME))
    if (until === undefined && windows !== true) t.ok(program.includes(`\0${name}\0`), name);
  t.notOk(program.includes('\0URLBlockList\0'), 'a slip is not in it');
});

void t.test('Windows and Linux say the same to Chrome', async (t) => {
  for (const profile of PROFILES) {
    const json = Object.fromEntries(
      Object.entries(fromJson(`chrome/${profile}.json`)).map(([name, value]) => [
        name,
        typeof value === 'boolean' ? Number(value) : value,
      ]),
    );
    const registry = fromRegistry('chrome', profile);
    if (profile === 'practical') {
      t.equal(json['DownloadDirectory'], '/home/exam/work');
      t.equal(registry['DownloadDirectory'], 'C:\\KaochangWork');
      delete json['DownloadDirectory'];
      delete registry['DownloadDirectory'];
    }
    t.strictSame(registry, json, profile);
  }
});

void t.test('[A04] Chrome 74 and a current one are told the same under their own names', async (t) => {
  const pairs = [
    ['URLBlacklist', 'URLBlocklist'],
    ['URLWhitelist', 'URLAllowlist'],
    ['ExtensionInstallBlacklist', 'ExtensionInstallBlocklist'],
    ['AutoplayWhitelist', 'AutoplayAllowlist'],
    ['SafeBrowsingEnabled', 'SafeBrowsingProtectionLevel'],
  ] as const;
  for (const profile of PROFILES) {
    const policies = fromJson(`chrome/${profile}.json`);
    for (const [old, current] of pairs) {
      t.ok((CHROME[old]?.since ?? 999) <= 74 && (CHROME[current]?.since ?? 0) > 74, `${old} is of old`);
      t.strictSame(
        Number(policies[old]) || policies[old],
        Number(policies[current]) || policies[current] || false,
        `${old} = ${current}`,
      );
    }
  }
});

void t.test('[A04] only the room can be opened, with nothing beside it', async (t) => {
  for (const profile of PROFILES) {
    for (const policies of [fromJson(`chrome/${profile}.json`), fromRegistry('edge', profile)]) {
      t.match(policies['URLBlocklist'], ['*', 'file://*']);
      t.strictSame(policies['URLAllowlist'], [ROOM]);
      t.match(policies, {
        HomepageLocation: `${ROOM}/`,
        DeveloperToolsAvailability: 2,
        DnsOverHttpsMode: 'off',
      });
      for (const off of [
        'SpellcheckEnabled',
        'TranslateEnabled',
        'PrintingEnabled',
        'SSLErrorOverrideAllowed',
      ])
        t.equal(Number(policies[off]), 0, off);
    }
    const { policies: firefox } = fromJson(`firefox/policies.${profile}.json`) as { policies: Policies };
    t.match(firefox, {
      WebsiteFilter: { Block: ['<all_urls>'], Exceptions: ['https://room.exam/*'] },
      Certificates: { ImportEnterpriseRoots: true },
      DNSOverHTTPS: { Enabled: false },
      Homepage: { URL: `${ROOM}/` },
    });
  }
});

void t.test('[A04] Firefox 68 is told the main things by names it knows', async (t) => {
  const { policies } = fromJson('firefox/policies.theory.json') as { policies: Policies };
  for (const name of [
    'WebsiteFilter',
    'Certificates',
    'BlockAboutConfig',
    'DisableDeveloperTools',
    'DisablePrivateBrowsing',
    'DNSOverHTTPS',
    'OfferToSaveLogins',
    'Homepage',
  ])
    t.ok(name in SINCE_68 && name in policies, name);
  t.strictSame(
    Object.keys(policies).filter((name) => !(name in SINCE_68) && !(name in LATER)),
    [],
  );
});

void t.test('nothing clears or bypasses the store in which answers wait', async (t) => {
  for (const profile of PROFILES) {
    const chrome = fromJson(`chrome/${profile}.json`);
    const edge = fromRegistry('edge', profile);
    const { policies: firefox } = fromJson(`firefox/policies.${profile}.json`) as { policies: Policies };
    t.match(chrome, {
      ForceEphemeralProfiles: false,
      IncognitoModeAvailability: 1,
      BrowserGuestModeEnabled: false,
    });
    t.match(edge, { ForceEphemeralProfiles: 0, InPrivateModeAvailability: 1, ClearBrowsingDataOnExit: 0 });
    t.equal(firefox['DisablePrivateBrowsing'], true);
    for (const name of ['ClearBrowsingDataOnExitList', 'DefaultCookiesSetting', 'BrowsingDataLifetime'])
      t.notOk(name in chrome || name in edge, name);
    for (const name of ['SanitizeOnShutdown', 'Cookies']) t.notOk(name in firefox, name);
  }
});

void t.test('a page behind another program goes on saving', async (t) => {
  for (const profile of PROFILES) {
    t.match(fromJson(`chrome/${profile}.json`), {
      IntensiveWakeUpThrottlingEnabled: false,
      HighEfficiencyModeEnabled: false,
      WindowOcclusionEnabled: false,
    });
    t.match(fromRegistry('edge', profile), { IntensiveWakeUpThrottlingEnabled: 0, SleepingTabsEnabled: 0 });
  }
});

void t.test('theory chooses and takes no files, practical does both in the work folder', async (t) => {
  for (const read of [(p: string) => fromJson(`chrome/${p}.json`), (p: string) => fromRegistry('edge', p)]) {
    t.equal(Number(read('theory')['AllowFileSelectionDialogs']), 0);
    t.equal(read('theory')['DownloadRestrictions'], 3);
    t.equal(Number(read('practical')['AllowFileSelectionDialogs']), 1);
    t.equal(read('practical')['DownloadRestrictions'], 0);
    t.match(read('practical')['DownloadDirectory'], /work/i);
  }
});
