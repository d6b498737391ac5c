// Names of QTI 3.0 that both directions share: namespaces, resource types, and how identifiers of papers are written where
// QTI wants a name that opens with a letter.

export const QTI3_NAMESPACE = 'http://www.imsglobal.org/xsd/imsqtiasi_v3p0';
export const QTI3_SCHEMA = 'https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd/imsqti_asiv3p0p1_v1p0.xsd';
export const CP_NAMESPACE = 'http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1';
export const CP_SCHEMA = 'https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd/imsqtiv3p0_imscpv1p2_v1p0.xsd';
export const XSI_NAMESPACE = 'http://www.w3.org/2001/XMLSchema-instance';

export const TEST_RESOURCE = 'imsqti_test_xmlv3p0';
export const ITEM_RESOURCE = 'imsqti_item_xmlv3p0';
export const STIMULUS_RESOURCE = 'imsqti_stimulus_xmlv3p0';

const ESCAPE = '_x-';
const SECTION = '_s-';

/** An identifier of a paper as an XML name. */
export function toQtiId(id: string): string {
  return /^[A-Za-z_]/.test(id) && !id.startsWith(ESCAPE) && !id.startsWith(SECTION) ? id : `${ESCAPE}${id}`;
}

/** The identifier of a section: in a test it may not be that of an item. @param items identifiers of items */
export function toSectionId(id: string, items: ReadonlySet<string>): string {
  return items.has(id) ? `${SECTION}${id}` : toQtiId(id);
}

/** The other way round, for both. */
export function fromQtiId(id: string): string {
  return id.startsWith(ESCAPE) || id.startsWith(SECTION) ? id.slice(ESCAPE.length) : id;
}

/** `qti-choice-interaction` and `choiceInteraction` are one name: that of QTI 2. */
export function oldName(name: string): string {
  const bare = name.startsWith('qti-') ? name.slice(4) : name;
  return bare.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
