// The sentences of findings, by stable code: Chinese, English. Words only; no logic.

/** Codes of what is not taken. */
const FAULTS = {
  // Whole files
  'file-missing': ['找不到文件 {file}', 'there is no file {file}'],
  'file-too-large': ['文件超过 {max} MB', 'the file is larger than {max} MB'],
  'file-kind': [
    '不是 .xlsx、.xls 或 QTI .zip 文件（{what}）；请用表格软件另存为 .xlsx',
    'is no .xlsx, .xls or QTI .zip file ({what}); save it as .xlsx',
  ],
  'file-encrypted': [
    '文件设有打开密码，请先取消密码',
    'the file is protected by a password; remove it first',
  ],
  'zip-damaged': ['压缩文件已损坏（{why}）', 'the zip is damaged ({why})'],
  'zip-limit': ['压缩文件解开后过大或文件过多（{what}）', 'the zip unpacks to too much ({what})'],
  'zip-name': ['压缩文件内有不安全的文件名 {name}', 'the zip holds an unsafe name {name}'],
  'zip-twice': ['压缩文件内文件名重复：{name}', 'the zip holds {name} twice'],
  'part-missing': ['文件内缺少 {part}', 'the file lacks {part}'],
  'xml-bad': ['{part} 的 XML 不合规（{why}）', 'the XML of {part} is unsound ({why})'],
  'xml-dtd': [
    '{part} 含有 DTD 或实体声明，不予读取',
    '{part} holds a DTD or entity declarations and is not read',
  ],
  'xml-limit': ['{part} 的 XML 过深或过大', 'the XML of {part} is too deep or too large'],
  'book-bad': ['表格文件无法读取（{why}）', 'the spreadsheet cannot be read ({why})'],
  'no-item': ['没有读到任何题目', 'no item was found'],
  'not-in-schema': ['不符合试卷格式：{why}', 'does not fit the paper format: {why}'],
  'draw-too-many': [
    '抽题数 {draw} 大于读入的题目数 {count}',
    'draws {draw} items but only {count} were taken',
  ],
  // Sheets, rows, columns
  'sheet-hidden': ['隐藏的工作表未读取', 'the sheet is hidden and was not read'],
  'sheet-no-headings': [
    '没有找到表头（至少要有“题干”和“答案”两列）',
    'no row of headings was found (“题干” and “答案” at least)',
  ],
  'sheet-too-large': [
    '工作表超过 {max} 行或列，其余未读取',
    'the sheet goes beyond {max} rows or columns; the rest was not read',
  ],
  'heading-twice': ['表头“{heading}”重复', 'the heading “{heading}” occurs twice'],
  'heading-blank': ['此列有内容但没有表头', 'the column has content and no heading'],
  'row-hidden': ['隐藏的行未读取', 'the row is hidden and was not read'],
  'row-merged': [
    '第 {from}–{to} 行合并了“{heading}”，一题只能占一行',
    'rows {from}–{to} share a merged “{heading}”; one item takes one row',
  ],
  'row-stray': ['此行有内容但不是题目', 'the row has content and is no item'],
  // Cells
  'type-missing': ['没有题型', 'the type is missing'],
  'type-unknown': ['不认识的题型“{text}”', 'unknown type “{text}”'],
  'type-audio': [
    '“{text}”不是作答方式；请写作答方式（如单选题），并在“录音”列写文件名',
    '“{text}” says not how it is answered; give that type and name the file in 录音',
  ],
  'stem-missing': ['没有题干', 'the stem is missing'],
  'answer-missing': ['没有答案', 'the answer is missing'],
  'answer-bad': ['答案“{text}”无法识别（{want}）', 'the answer “{text}” cannot be read ({wantEn})'],
  'answer-no-option': ['答案“{text}”不在选项中', 'the answer “{text}” is no option'],
  'answer-count': ['单选题只能有一个答案，现为“{text}”', 'a single choice has one answer, not “{text}”'],
  'options-few': ['选项不足两个', 'there are fewer than two options'],
  'options-gap': ['选项 {letter} 为空，而其后还有选项', 'option {letter} is blank and later ones are not'],
  'options-twice': ['选项 {first} 与 {second} 相同', 'options {first} and {second} are the same'],
  'options-many': ['选项多于 10 个', 'there are more than ten options'],
  'options-unread': ['“选项”一格无法分成 A、B、C……', 'the options cell cannot be parted into A, B, C …'],
  'points-missing': ['没有分值', 'the points are missing'],
  'points-bad': [
    '分值“{text}”不是大于 0、不超过 1000 的数',
    'the points “{text}” are no number above 0 and up to 1000',
  ],
  'missing-points-bad': [
    '漏选得分“{text}”应大于 0 且小于分值',
    'the points for a missing option, “{text}”, must be above 0 and below the points',
  ],
  'yes-no-bad': ['“{text}”应为“是”或“否”', '“{text}” should be 是 or 否'],
  'blanks-missing': ['填空题题干中没有空（用 ____ 表示）', 'the stem of a fill-in has no blank (write ____)'],
  'blanks-count': [
    '题干有 {stem} 个空，答案有 {answer} 个',
    'the stem has {stem} blanks, the answer {answer}',
  ],
  'blank-length-bad': [
    '每空最多字数“{text}”无法识别或短于答案',
    'the length “{text}” of a blank cannot be read or is shorter than the answer',
  ],
  'id-twice': ['题目编号 {id} 与 {other} 重复', 'the item id {id} is taken by {other}'],
  'id-bad': [
    '编号“{text}”只能用字母、数字、点、横线、下划线，至多 64 个',
    'the id “{text}” may hold letters, digits, dot, dash and underscore only, 64 at most',
  ],
  'item-twice': ['与 {other} 完全相同', 'is the same as {other}'],
  'section-unknown': ['“试卷”表中没有大题“{text}”', 'the sheet 试卷 has no section “{text}”'],
  'section-twice': ['大题“{text}”重复', 'the section “{text}” occurs twice'],
  'draw-bad': ['抽题数“{text}”不是正整数', 'the number to draw, “{text}”, is no positive whole number'],
  'formula-no-value': [
    '公式没有保存的结果，请用表格软件打开后重新保存',
    'the formula has no stored value; open and save the file in a spreadsheet program',
  ],
  'cell-error': ['单元格是错误值 {text}', 'the cell holds the error {text}'],
  'cell-strike': [
    '文字带删除线，无法判断去留',
    'the text is struck through; whether it counts cannot be told',
  ],
  'cell-html': [
    'HTML 片段含有不允许或不完整的内容',
    'the HTML holds what is not allowed, or is not well formed',
  ],
  'cell-markup': ['此列不能含图片或公式编辑器内容', 'this column can hold no picture'],
  'text-too-long': ['文字超过 {max} 字', 'the text is longer than {max} letters'],
  'picture-kind': [
    '图片“{name}”不是 PNG、JPEG 或 WebP',
    'the picture “{name}” is neither PNG, JPEG nor WebP',
  ],
  'picture-missing': ['找不到图片“{name}”', 'there is no picture “{name}”'],
  'picture-name': ['图片文件名“{name}”不安全', 'the picture name “{name}” is unsafe'],
  'picture-linked': ['图片是外部链接，没有保存在文件内', 'the picture is linked and not in the file'],
  'picture-nowhere': ['图片不在任何题目的行上', 'the picture stands on no item’s row'],
  'picture-column': [
    '图片放在“{heading}”列，无法判断属于题干还是选项',
    'the picture stands in the column “{heading}”; whether stem or option cannot be told',
  ],
  'picture-in-cell': [
    '单元格内图片（Excel 365）无法读取，请改为浮动图片',
    'a picture in the cell (Excel 365) cannot be read; place it over the cell',
  ],
  'picture-xls': [
    '.xls 文件中的图片无法读取，请另存为 .xlsx',
    'pictures in .xls cannot be read; save the file as .xlsx',
  ],
  'picture-too-large': ['图片“{name}”超过 {max} MB', 'the picture “{name}” is larger than {max} MB'],
  'picture-count': ['图片多于 10 张', 'there are more than ten pictures'],
  'picture-placeholder': [
    '题目中写了 {text}，但没有对应的图片',
    'the item names {text}, and there is no such picture',
  ],
  'drawing-kind': [
    '此处有无法读取的对象（{what}），请改为图片',
    'an object here cannot be read ({what}); put a picture in its place',
  ],
  // Items that people mark
  'options-here': [
    '题型“{type}”没有选项；若是选择题请改题型，否则清空此格',
    'items of type {type} have no options; change the type or clear the cell',
  ],
  'rubric-line': [
    '评分要点“{text}”没有分值，请写成“要点（2分）”，每行一个',
    'the line “{text}” says no points; write 要点（2分）, one a line',
  ],
  'rubric-sum': [
    '评分要点合计 {sum} 分，分值为 {points} 分，请改成一致',
    'the marking points make {sum}, the item is worth {points}; make them equal',
  ],
  'rubric-many': ['评分要点多于 30 条', 'there are more than thirty marking points'],
  'length-bad': [
    '字符上限“{text}”应为 1 至 {max} 的整数',
    'the limit of characters “{text}” should be a whole number from 1 to {max}',
  ],
  'words-bad': [
    '字数要求“{text}”无法识别；请写 200-500、不少于 200 或 不超过 500',
    'the length “{text}” cannot be read; write 200-500, 不少于 200 or 不超过 500',
  ],
  'words-above-limit': [
    '字数要求高于字符上限 {max}，请提高上限',
    'the length asked for is above the limit of {max} characters; raise the limit',
  ],
  'file-types-missing': [
    '没有文件类型；请写扩展名，如 xlsx、docx',
    'the kinds of files are missing; write endings such as xlsx、docx',
  ],
  'file-types-bad': [
    '文件类型“{text}”无法识别；请写扩展名，如 xlsx、docx',
    'the kinds of files “{text}” cannot be read; write endings such as xlsx、docx',
  ],
  'file-types-screenshot': [
    '截图题只交 png；其他文件请用文件上传题',
    'screenshots are png; take a file upload for other files',
  ],
  'file-count-bad': [
    '文件数“{text}”应为 1 至 20 的整数',
    'the number of files “{text}” should be a whole number from 1 to 20',
  ],
  'file-size-bad': [
    '文件上限“{text}”无法识别或超过 {max} MB；请写 20MB 或 500KB',
    'the size “{text}” cannot be read or is above {max} MB; write 20MB or 500KB',
  ],
  'plays-missing': [
    '有录音，没有播放次数；请写 1 至 20，或“不限”',
    'there is a recording and no number of plays; write 1 to 20, or 不限',
  ],
  'plays-bad': [
    '播放次数“{text}”无法识别；请写 1 至 20，或“不限”',
    'the number of plays “{text}” cannot be read; write 1 to 20, or 不限',
  ],
  'audio-many': ['一题只能有一段录音', 'an item has one recording at most'],
  'audio-none': [
    '写了录音说明或播放次数，但“录音”列没有文件名',
    'a recording is described, and 录音 names no file',
  ],
  'beside-name': [
    '文件名“{name}”不安全；只写文件名，不写路径',
    'the name “{name}” is unsafe; write the bare name, no path',
  ],
  'beside-missing': [
    '找不到文件“{name}”；请放在表格旁边或“材料”“录音”文件夹中',
    'there is no file “{name}”; put it beside the spreadsheet, or into 材料 or 录音',
  ],
  'beside-bad': ['文件“{name}”不能采用：{why}', 'the file “{name}” is not taken: {why}'],
  // Cases
  'case-id': [
    '案例没有题目编号或序号，小题无法指向它',
    'the case has neither id nor number, so that no item can name it',
  ],
  'case-empty': [
    '案例没有小题；请在小题行的“所属案例”写 {id}',
    'the case has no items; write {id} into 所属案例 of its items',
  ],
  'case-many': ['案例的小题多于 30 个', 'the case has more than thirty items'],
  'case-item-bad': [
    '有 {count} 个小题未采用，案例不完整，整个案例不采用',
    '{count} of its items were not taken; the case is not taken in part',
  ],
  'case-unknown': ['没有编号为“{text}”的案例', 'there is no case with the id “{text}”'],
  'case-nested': ['案例里不能再有案例', 'a case can hold no case'],
  'case-sum': [
    '小题合计 {sum} 分，案例写 {points} 分，请改成一致或清空案例的分值',
    'its items make {sum}, the case says {points}; make them equal or clear the points of the case',
  ],
  'case-answer': [
    '案例行不写答案；答案写在小题行',
    'the row of a case has no answer; it belongs to its items',
  ],
  'material-title': ['材料没有标题', 'the material has no title'],
  'material-empty': ['材料没有内容也没有文件', 'the material has neither text nor file'],
  'material-many': ['案例的材料多于 20 份', 'the case has more than twenty materials'],
  'material-name': [
    '保存名“{name}”不能作文件名，或扩展名与文件不同',
    '“{name}” cannot be the name of a file, or ends otherwise than the file',
  ],
  'material-twice': ['两份材料都保存为 {name}', 'two materials are saved as {name}'],
  'material-bad': ['有材料未采用，整个案例不采用', 'a material was not taken, so the case is not'],
  // QTI
  'qti-no-manifest': ['压缩文件内没有 imsmanifest.xml', 'the zip has no imsmanifest.xml'],
  'qti-version': ['不是 QTI 2.1、2.2 或 3.0（{text}）', 'is not QTI 2.1, 2.2 or 3.0 ({text})'],
  'qti-no-file': ['包内没有文件 {file}', 'the package has no file {file}'],
  'qti-interaction': ['交互类型 {name} 不支持', 'the interaction {name} is not taken'],
  'qti-composite': [
    '一题内有多个交互，题干与评分无法分开；请拆成共用材料（stimulus）的多题',
    'the item has several interactions that cannot be told apart; make them items that share a stimulus',
  ],
  'qti-text': ['文本作答的要求无法对应：{why}', 'what the text entry asks for has no counterpart: {why}'],
  'qti-upload-type': ['上传类型 {type} 没有对应的扩展名', 'there is no ending for uploads of type {type}'],
  'qti-video': ['不支持视频（{name}）', 'video is not taken ({name})'],
  'qti-link': [
    '链接指向包内文件 {file}，只有共用材料里的附件才采用',
    'a link leads to {file}; only shared material can have files to take',
  ],
  'qti-unwritable': [
    '题干、选项、材料或参考答案含有无法写出的内容（如答案里的图片，或空与答案不对应）',
    'stem, options, materials or reference answer hold what cannot be written (a picture in the reference, blanks that do not fit)',
  ],
  'qti-stimuli': ['一题引用了多份共用材料', 'the item refers to several stimuli'],
  'qti-case-part': [
    '同一案例有 {count} 题未采用，整个案例不采用',
    '{count} items of the case were not taken, so none of it is',
  ],
  'qti-no-interaction': ['题目中没有作答交互', 'the item has no interaction'],
  'qti-adaptive': ['自适应题目不支持', 'adaptive items are not taken'],
  'qti-template': ['带模板变量的题目不支持', 'items with template variables are not taken'],
  'qti-element': ['题目内容含有不支持的 <{name}>', 'the item holds <{name}>, which is not taken'],
  'qti-no-key': ['没有标准答案（导出时未带答案？）', 'there is no key (exported without keys?)'],
  'qti-scoring': ['评分规则无法对应：{why}', 'the scoring has no counterpart: {why}'],
  'qti-branch': ['分支或前置条件（{name}）不支持', 'branching or pre-conditions ({name}) are not taken'],
  'qti-section': ['大题 {id} 的 {what} 不支持', '{what} of section {id} is not taken'],
  'qti-unlisted': ['试卷没有引用此题，未读取', 'the test does not refer to this item; it was not read'],
  'qti-many-tests': [
    '包内有多份试卷，只读取第一份',
    'the package has several tests; only the first was read',
  ],
  'qti-blanks': ['题干中的空与答案不对应', 'the blanks of the stem do not fit the keys'],
  'qti-root': ['根元素是 <{name}>', 'the root element is <{name}>'],
  'qti-remote': ['引用了包外资源 {file}', 'refers to {file}, which is outside the package'],
} as const satisfies Record<string, readonly [string, string]>;

/** Codes of what a person should look at. */
const NOTES = {
  'column-unused': [
    '列“{heading}”有 {count} 格内容，试卷格式没有相应位置，未使用',
    'column “{heading}” has {count} cells with content; a paper has no place for it',
  ],
  'column-hidden': [
    '列“{heading}”被隐藏，仍按内容读取',
    'column “{heading}” is hidden; it was read all the same',
  ],
  'sheet-skipped': ['说明页，未读取', 'instructions; not read'],
  'date-as-shown': [
    '单元格是日期，按显示取“{text}”；若原意是分数或编号（如 1/2）请设为文本重填',
    'the cell is a date, taken as shown: “{text}”; if 1/2 was meant, format it as text and type it again',
  ],
  'number-as-shown': ['数值按显示取“{text}”', 'the number was taken as shown: “{text}”'],
  'formula-as-stored': ['公式，取保存的结果“{text}”', 'a formula; its stored result was taken: “{text}”'],
  'answer-slash': [
    '答案含“/”，按原样比对；多个可接受答案请用 | 分隔',
    'the answer holds “/” and is compared as it stands; part alternatives by |',
  ],
  'multiple-one': ['多选题只有一个正确答案', 'the multiple choice has one right option'],
  'multiple-all': ['多选题全部选项都正确', 'every option of the multiple choice is right'],
  indefinite: ['不定项选择题按多选题读入', 'taken as multiple choice'],
  'options-fixed': ['选项中有“{text}”，选项不乱序', 'an option says “{text}”; the options are not shuffled'],
  colour: ['文字颜色不保留；若颜色有含义请改写', 'colours of text are not kept; say in words what they mean'],
  'picture-spans': [
    '图片跨第 {from}–{to} 行，按左上角归第 {from} 行',
    'the picture spans rows {from}–{to} and was taken to row {from}',
  ],
  'picture-no-alt': ['图片没有说明文字，写作“题图”', 'the picture has no description; “题图” was written'],
  'paper-id': ['没有试卷编号，取 {id}', 'there is no paper id; {id} was taken'],
  'paper-title': ['没有试卷名称，取“{title}”', 'there is no title; “{title}” was taken'],
  'id-made': ['编号“{text}”不能作题目编号，取 {id}', '“{text}” cannot be an item id; {id} was taken'],
  'xls-looks': [
    'Excel 95 及更早的 .xls 不读取字体格式（上下标、下划线、删除线）；如有请另存为 .xlsx',
    'looks of text (sub- and superscript, underline, strike-through) are not read from .xls of Excel 95 and before; save as .xlsx if there are any',
  ],
  comments: ['工作表有批注，未读取', 'the sheet has comments; they were not read'],
  'section-row': ['此行作为大题标题', 'the row was taken as a section title'],
  'case-sensitive': ['原题区分大小写，本系统填空不区分', 'the key is case sensitive; here fill-ins are not'],
  feedback: ['反馈内容（{name}）未读取', 'feedback ({name}) was not read'],
  stylesheet: ['样式表未读取', 'stylesheets were not read'],
  'qti-aside': ['{name} 未读取', '{name} was not read'],
  'qti-points': ['没有写明分值，取 {points} 分', 'no points are given; {points} was taken'],
  'qti-no-test': [
    '包内没有试卷（assessmentTest），题目归入一个大题',
    'the package has no test; the items make one section',
  ],
  'qti-id': ['标识“{text}”改写为 {id}', 'the identifier “{text}” became {id}'],
  'qti-cardinality': [
    '选择数限制（min {min}, max {max}）不保留',
    'the limits of choice (min {min}, max {max}) are not kept',
  ],
  'qti-flat': ['嵌套的大题 {id} 并入上级', 'the nested section {id} joined its parent'],
  'rubric-made': [
    '没有评分要点，写作“{what}”（{points} 分）',
    'there are no marking points; “{what}” was written ({points} points)',
  ],
  'reference-made': ['没有参考答案，写作“{what}”', 'there is no reference answer; “{what}” was written'],
  'cell-unused': ['题型“{type}”不用此格，未使用', 'items of type {type} have no use for this cell'],
  'section-of-case': ['小题随案例归入大题，此格未使用', 'items stand in the section of their case'],
  'audio-label-made': ['录音没有说明，写作“{what}”', 'the recording has no label; “{what}” was written'],
  'qti-upload-any': [
    '原题不限文件类型，写作 {types}',
    'any kind of file may be uploaded there; {types} was written',
  ],
  'qti-upload-one': [
    'QTI 没有位置存放文件数与大小（{what}），其他系统只收一个文件',
    'QTI has no place for number and size of files ({what}); other systems take one file',
  ],
  'qti-words': [
    'QTI 没有位置存放字数要求与上限（{what}），其他系统不作限制',
    'QTI has no place for limits of text ({what}); other systems set none',
  ],
  'qti-case': ['共用材料 {id} 的 {count} 题合为一个案例', '{count} items that share {id} became one case'],
  'qti-case-section': [
    '小节 {id} 带有共用说明，合为一个案例',
    'section {id} has a rubric of its own and became one case',
  ],
  'template-no-place': ['模板没有位置存放：{what}', 'the template has no place for: {what}'],
} as const satisfies Record<string, readonly [string, string]>;

export type FaultCode = keyof typeof FAULTS;
export type NoteCode = keyof typeof NOTES;
export type FindingCode = FaultCode | NoteCode;

export const FINDING_TEXTS: Record<FindingCode, readonly [string, string]> = { ...FAULTS, ...NOTES };
