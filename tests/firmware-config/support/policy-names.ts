// Names and types of the browser policies that the room sets, with the version each came with and went with. From the
// makers' own lists; a name that is not here is a slip of the pen, and browsers pass over those in silence.

import type { SchemaObject } from 'ajv';

type Kind = 'boolean' | 'text' | 'list' | readonly number[];

/** A policy of Chromium: what it holds, and the main versions between which the name means something. */
export interface ChromiumPolicy {
  kind: Kind;
  since: number;
  until?: number;
  /** Only on Windows. */
  windows?: true;
}

const is = (kind: Kind, since: number, until?: number): ChromiumPolicy =>
  until === undefined ? { kind, since } : { kind, since, until };

/** Policies of Chrome and Chromium. */
export const CHROME: Readonly<Record<string, ChromiumPolicy>> = {
  URLBlocklist: is('list', 86),
  URLBlacklist: is('list', 9, 100),
  URLAllowlist: is('list', 86),
  URLWhitelist: is('list', 9, 100),
  ExtensionInstallBlocklist: is('list', 86),
  ExtensionInstallBlacklist: is('list', 8, 100),
  AutoplayAllowlist: is('list', 86),
  AutoplayWhitelist: is('list', 66, 100),
  HomepageLocation: is('text', 8),
  HomepageIsNewTabPage: is('boolean', 8),
  RestoreOnStartup: is([1, 4, 5, 6], 8),
  RestoreOnStartupURLs: is('list', 8),
  DeveloperToolsAvailability: is([0, 1, 2], 68),
  IncognitoModeAvailability: is([0, 1, 2], 14),
  BrowserGuestModeEnabled: is('boolean', 38),
  BrowserAddPersonEnabled: is('boolean', 39),
  BrowserSignin: is([0, 1, 2], 70),
  ForceEphemeralProfiles: is('boolean', 32),
  SSLErrorOverrideAllowed: is('boolean', 44),
  PrintingEnabled: is('boolean', 8),
  TaskManagerEndProcessEnabled: is('boolean', 52),
  PasswordManagerEnabled: is('boolean', 8),
  AutofillAddressEnabled: is('boolean', 69),
  AutofillCreditCardEnabled: is('boolean', 63),
  TranslateEnabled: is('boolean', 12),
  SyncDisabled: is('boolean', 8),
  SearchSuggestEnabled: is('boolean', 8),
  DefaultSearchProviderEnabled: is('boolean', 8),
  SpellcheckEnabled: is('boolean', 65),
  SpellCheckServiceEnabled: is('boolean', 22),
  BookmarkBarEnabled: is('boolean', 12),
  EditBookmarksEnabled: is('boolean', 12),
  AllowDeletingBrowserHistory: is('boolean', 57),
  AllowFileSelectionDialogs: is('boolean', 12),
  DefaultPopupsSetting: is([1, 2], 10),
  DefaultNotificationsSetting: is([1, 2, 3], 10),
  DefaultGeolocationSetting: is([1, 2, 3], 10),
  DefaultWebUsbGuardSetting: is([2, 3], 67),
  DefaultWebBluetoothGuardSetting: is([2, 3], 50),
  DefaultSerialGuardSetting: is([2, 3], 86),
  DefaultWebHidGuardSetting: is([2, 3], 100),
  AudioCaptureAllowed: is('boolean', 25),
  VideoCaptureAllowed: is('boolean', 25),
  ScreenCaptureAllowed: is('boolean', 81),
  DnsOverHttpsMode: is('text', 78),
  ProxyMode: is('text', 10),
  NetworkPredictionOptions: is([0, 1, 2], 38),
  AlternateErrorPagesEnabled: is('boolean', 8),
  SafeBrowsingEnabled: is('boolean', 8),
  SafeBrowsingProtectionLevel: is([0, 1, 2], 83),
  MetricsReportingEnabled: is('boolean', 8),
  ChromeVariations: is([0, 1, 2], 83),
  ComponentUpdatesEnabled: is('boolean', 54),
  BackgroundModeEnabled: is('boolean', 19),
  EnableMediaRouter: is('boolean', 52),
  PromotionalTabsEnabled: is('boolean', 69),
  DefaultBrowserSettingEnabled: is('boolean', 11),
  AllowDinosaurEasterEgg: is('boolean', 48),
  IntensiveWakeUpThrottlingEnabled: is('boolean', 85),
  HighEfficiencyModeEnabled: is('boolean', 108),
  WindowOcclusionEnabled: { kind: 'boolean', since: 90, windows: true },
  BatterySaverModeAvailability: is([0, 1, 2], 108),
  GenAiDefaultSettings: is([0, 1, 2], 121),
  HelpMeWriteSettings: is([0, 1, 2], 121),
  LensOverlaySettings: is([0, 1], 126),
  GeminiSettings: is([0, 1], 137),
  AIModeSettings: is([0, 1], 137),
  DownloadRestrictions: is([0, 1, 2, 3, 4], 61),
  DownloadDirectory: is('text', 11),
  PromptForDownloadLocation: is('boolean', 64),
};

const MICROSOFT: Readonly<Record<string, ChromiumPolicy>> = {
  AutoplayAllowed: is('boolean', 78),
  InPrivateModeAvailability: is([0, 1, 2], 77),
  BrowserAddProfileEnabled: is('boolean', 78),
  MicrosoftEditorProofingEnabled: is('boolean', 105),
  MicrosoftEditorSynonymsEnabled: is('boolean', 105),
  TextPredictionEnabled: is('boolean', 104),
  ComposeInlineEnabled: is('boolean', 115),
  FavoritesBarEnabled: is('boolean', 77),
  EditFavoritesEnabled: is('boolean', 77),
  ClearBrowsingDataOnExit: is('boolean', 78),
  SmartScreenEnabled: is('boolean', 77),
  DiagnosticData: is([0, 1, 2], 122),
  ExperimentationAndConfigurationServiceControl: is([0, 1, 2], 77),
  StartupBoostEnabled: is('boolean', 88),
  HideFirstRunExperience: is('boolean', 80),
  AllowSurfGame: is('boolean', 83),
  SleepingTabsEnabled: is('boolean', 88),
  HubsSidebarEnabled: is('boolean', 99),
  EdgeCollectionsEnabled: is('boolean', 78),
  EdgeShoppingAssistantEnabled: is('boolean', 87),
  ShowRecommendationsEnabled: is('boolean', 89),
  UserFeedbackAllowed: is('boolean', 77),
  WebWidgetAllowed: is('boolean', 88),
  VisualSearchEnabled: is('boolean', 95),
  QuickSearchShowMiniMenu: is('boolean', 95),
  AddressBarMicrosoftSearchInBingProviderEnabled: is('boolean', 81),
  InternetExplorerIntegrationLevel: is([0, 1, 2], 77),
  GenAILocalFoundationalModelSettings: is([0, 1], 132),
};
const NOT_EDGE =
  /^(URL(Black|White)list|ExtensionInstallBlacklist|Autoplay(White|Allow)list|Incognito|BrowserAddPerson|SpellCheckService|(Edit)?Bookmark|SafeBrowsing|Metrics|ChromeV|PromotionalT|AllowDino|HighEff|BatteryS|GenAiD|HelpMe|Lens|Gemini|AIMode)/;

/** Policies of Edge: what it shares with Chromium, and its own. */
export const EDGE: Readonly<Record<string, ChromiumPolicy>> = {
  ...Object.fromEntries(Object.entries(CHROME).filter(([name]) => !NOT_EDGE.test(name))),
  ...MICROSOFT,
};

/** A JSON schema of a policy file. Registry files have 0 and 1 for no and yes. */
export function chromiumSchema(
  policies: Readonly<Record<string, ChromiumPolicy>>,
  yesAndNo: 'boolean' | 'number',
): SchemaObject {
  const schemaOf = (kind: Kind): SchemaObject => {
    if (kind === 'boolean') return yesAndNo === 'boolean' ? { type: 'boolean' } : { enum: [0, 1] };
    if (kind === 'text') return { type: 'string', minLength: 1 };
    if (kind === 'list')
      return { type: 'array', minItems: 1, uniqueItems: true, items: { type: 'string', minLength: 1 } };
    return { enum: [...kind] };
  };
  const properties = Object.fromEntries(
    Object.entries(policies).map(([name, { kind }]) => [name, schemaOf(kind)]),
  );
  return { type: 'object', additionalProperties: false, properties };
}
