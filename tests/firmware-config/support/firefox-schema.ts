// A JSON schema of the Firefox policies that the room sets; names and shapes as in Firefox's own list. `SINCE_68` are those that
// Firefox 68 ESR, the oldest of the room, knows already.

import type { SchemaObject } from 'ajv';

const yes: SchemaObject = { type: 'boolean' };
const text: SchemaObject = { type: 'string' };
const texts: SchemaObject = { type: 'array', items: { type: 'string', minLength: 1 } };
const object = (properties: Record<string, SchemaObject>): SchemaObject => ({
  type: 'object',
  additionalProperties: false,
  properties,
});
const permission = object({ BlockNewRequests: yes, Locked: yes, Allow: texts, Block: texts });
const PREFERENCE = '^(layout|network|browser|dom)\\.[a-zA-Z_.-]+$';

/** What Firefox 68 ESR knows. */
export const SINCE_68: Readonly<Record<string, SchemaObject>> = {
  ...Object.fromEntries(
    `BlockAboutConfig BlockAboutAddons BlockAboutProfiles BlockAboutSupport DisableAppUpdate DisableDeveloperTools
    DisableFeedbackCommands DisableFirefoxAccounts DisableFirefoxScreenshots DisableFirefoxStudies DisableForgetButton
    DisableFormHistory DisablePocket DisablePrivateBrowsing DisableProfileImport DisableProfileRefresh DisableSafeMode
    DisableSetDesktopBackground DisableSystemAddonUpdate DisableTelemetry DisplayBookmarksToolbar DontCheckDefaultBrowser
    NetworkPrediction NewTabPage NoDefaultBookmarks OfferToSaveLogins PromptForDownloadLocation SearchSuggestEnabled`
      .split(/\s+/)
      .map((name) => [name, yes]),
  ),
  Certificates: object({ ImportEnterpriseRoots: yes }),
  DNSOverHTTPS: object({ Enabled: yes, Locked: yes }),
  DownloadDirectory: text,
  FirefoxHome: object({
    Search: yes,
    TopSites: yes,
    Highlights: yes,
    Pocket: yes,
    Snippets: yes,
    Locked: yes,
  }),
  Homepage: object({
    URL: text,
    Locked: yes,
    StartPage: { enum: ['none', 'homepage', 'previous-session', 'homepage-locked'] },
  }),
  InstallAddonsPermission: object({ Default: yes }),
  OverrideFirstRunPage: text,
  OverridePostUpdatePage: text,
  Permissions: object({
    Camera: permission,
    Microphone: permission,
    Location: permission,
    Notifications: permission,
    Autoplay: object({
      Allow: texts,
      Default: { enum: ['allow-audio-video', 'block-audio', 'block-audio-video'] },
      Locked: yes,
    }),
  }),
  PopupBlocking: object({ Default: yes, Locked: yes }),
  Proxy: object({ Mode: { enum: ['none', 'system'] }, Locked: yes }),
  WebsiteFilter: object({ Block: texts, Exceptions: texts }),
};

/** What came later; older versions pass over it. */
export const LATER: Readonly<Record<string, SchemaObject>> = {
  AllowFileSelectionDialogs: yes,
  ExtensionSettings: object({ '*': object({ installation_mode: { const: 'blocked' } }) }),
  GenerativeAI: object({ Enabled: yes, Locked: yes }),
  PasswordManagerEnabled: yes,
  PrintingEnabled: yes,
  TranslateEnabled: yes,
  UserMessaging: object({
    ExtensionRecommendations: yes,
    FeatureRecommendations: yes,
    UrlbarInterventions: yes,
    SkipOnboarding: yes,
    MoreFromMozilla: yes,
  }),
  Preferences: {
    type: 'object',
    additionalProperties: false,
    patternProperties: {
      [PREFERENCE]: {
        ...object({ Value: { type: ['boolean', 'number'] }, Status: { const: 'locked' } }),
        required: ['Value', 'Status'],
      },
    },
  },
};

/** A whole `policies.json`. */
export const FIREFOX_SCHEMA: SchemaObject = {
  ...object({ policies: object({ ...SINCE_68, ...LATER }) }),
  required: ['policies'],
};
