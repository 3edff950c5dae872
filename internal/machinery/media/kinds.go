package media

// Kind is what a file is.
type Kind string

// The kinds that are taken.
const (
	JPEG Kind = "jpeg"
	PNG  Kind = "png"
	WebP Kind = "webp"
	GIF  Kind = "gif"
	PDF  Kind = "pdf"
	DOCX Kind = "docx"
	XLSX Kind = "xlsx"
	PPTX Kind = "pptx"
	ODT  Kind = "odt"
	ODS  Kind = "ods"
	ODP  Kind = "odp"
	TXT  Kind = "txt"
	CSV  Kind = "csv"
	MP4  Kind = "mp4"
	WebM Kind = "webm"
	MP3  Kind = "mp3"
	M4A  Kind = "m4a"
	OGG  Kind = "ogg"
)

// Form is the group of a kind: how it is treated.
type Form string

// The forms.
const (
	Picture   Form = "picture"
	Document  Form = "document"
	Text      Form = "text"
	Recording Form = "recording"
)

// Rule is what holds for a kind.
type Rule struct {
	Kind    Kind
	Name    string // in English, with no article
	Form    Form
	Endings []string // of names, without the dot, the usual one first
	MIME    string   // of the file as it comes in
	Limit   int64    // bytes
}

const mb = 1 << 20

// rules is the table of what may be uploaded.
var rules = []Rule{
	{JPEG, "JPEG picture", Picture, []string{"jpg", "jpeg", "jpe", "jfif"}, "image/jpeg", 40 * mb},
	{PNG, "PNG picture", Picture, []string{"png"}, "image/png", 40 * mb},
	{WebP, "WebP picture", Picture, []string{"webp"}, "image/webp", 40 * mb},
	{GIF, "GIF picture", Picture, []string{"gif"}, "image/gif", 20 * mb},
	{PDF, "PDF document", Document, []string{"pdf"}, "application/pdf", 60 * mb},
	{DOCX, "Word document", Document, []string{"docx"}, "application/vnd.openxmlformats-officedocument.wordprocessingml.document", 60 * mb},
	{XLSX, "Excel workbook", Document, []string{"xlsx"}, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", 60 * mb},
	{PPTX, "PowerPoint presentation", Document, []string{"pptx"}, "application/vnd.openxmlformats-officedocument.presentationml.presentation", 150 * mb},
	{ODT, "OpenDocument text", Document, []string{"odt"}, "application/vnd.oasis.opendocument.text", 60 * mb},
	{ODS, "OpenDocument spreadsheet", Document, []string{"ods"}, "application/vnd.oasis.opendocument.spreadsheet", 60 * mb},
	{ODP, "OpenDocument presentation", Document, []string{"odp"}, "application/vnd.oasis.opendocument.presentation", 150 * mb},
	{TXT, "plain text", Text, []string{"txt", "text", "md", "log"}, "text/plain; charset=utf-8", 20 * mb},
	{CSV, "table in plain text", Text, []string{"csv", "tsv", "tab"}, "text/csv; charset=utf-8", 20 * mb},
	{MP4, "MP4 film", Recording, []string{"mp4", "m4v"}, "video/mp4", 2048 * mb},
	{WebM, "WebM film", Recording, []string{"webm"}, "video/webm", 2048 * mb},
	{MP3, "MP3 recording", Recording, []string{"mp3"}, "audio/mpeg", 500 * mb},
	{M4A, "M4A recording", Recording, []string{"m4a"}, "audio/mp4", 500 * mb},
	{OGG, "Ogg recording", Recording, []string{"ogg", "oga", "ogv", "opus"}, "application/ogg", 500 * mb},
}

// Kinds returns the table of what may be uploaded, in the order in which a help
// page lists it. The caller owns the slice, not the endings.
func Kinds() []Rule { return append([]Rule(nil), rules...) }

// Form returns the group of a kind, nothing for one that is not in the table.
func (k Kind) Form() Form { return ruleOf(k).Form }

func ruleOf(k Kind) Rule {
	for _, r := range rules {
		if r.Kind == k {
			return r
		}
	}
	return Rule{}
}

// refusal is a kind that is known and refused, and what to do instead.
type refusal struct {
	key, what, cure string
}

var refusals = map[string]refusal{
	"heic":      {"heic", "the file is a HEIC or AVIF picture, which many browsers do not show", "Save it as JPEG. On an iPhone choose Settings, Camera, Formats, Most Compatible; on a computer open it and export it as JPEG"},
	"tiff":      {"tiff", "the file is a TIFF or raw picture, which browsers do not show", "Open it and export it as JPEG or PNG"},
	"bmp":       {"tiff", "the file is a BMP picture", "Open it and export it as PNG"},
	"svg":       {"svg", "the file is an SVG or other XML file, which may carry scripts", "Export the picture as PNG, or the document as PDF"},
	"html":      {"html", "the file is a web page, which may carry scripts", "Print it to PDF and upload that"},
	"ole":       {"ole", "the file is an old Office document, or one that is locked with a password", "Open it, remove the password and save it as DOCX, XLSX or PPTX"},
	"macro":     {"macro", "the document has macros, which are programs", "Save it without macros, as DOCX, XLSX, PPTX or OpenDocument"},
	"locked":    {"locked", "the document is locked with a password", "Save it without a password"},
	"zip":       {"zip", "the file is an archive", "Unpack it and upload the files one by one"},
	"program":   {"program", "the file is a program", "Upload documents, pictures and recordings only"},
	"quicktime": {"quicktime", "the film is of a kind that not all browsers play", "Save it as MP4 with H.264 and AAC"},
	"rtf":       {"rtf", "the file is a rich text (RTF) or PostScript document", "Open it and save it as DOCX, ODT or PDF"},
	"unknown":   {"unknown", "the kind of the file is not known here", "Upload a picture (JPEG, PNG, WebP), a document (PDF, DOCX, XLSX, PPTX, ODT, ODS, ODP), a text, or a recording (MP4, WebM, MP3, M4A, OGG)"},
}

func refused(name string) error {
	r := refusals[name]
	return refuse("kind."+r.key, "%s", r.what).Do("%s", r.cure)
}
