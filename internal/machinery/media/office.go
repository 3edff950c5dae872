package media

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"peerscape/internal/fault"
)

// Limits of an archive. Honest documents stay far below them.
const (
	maxParts    = 5000
	maxUnpacked = 600 * mb // all parts together
	maxPart     = 200 * mb
	maxRatio    = 300 // unpacked to packed, of parts above a megabyte
)

// part unpacks one part of an archive, of at most so many bytes. It believes no
// length that the archive declares.
func part(f *zip.File, most int64) ([]byte, error) {
	if f.UncompressedSize64 > uint64(most) || f.UncompressedSize64 > mb && f.UncompressedSize64/maxRatio > f.CompressedSize64 {
		return nil, bomb()
	}
	r, err := f.Open()
	if err != nil {
		return nil, damaged(err)
	}
	defer r.Close()
	var b bytes.Buffer
	n, err := io.Copy(&b, io.LimitReader(r, most+1))
	if err != nil {
		return nil, damaged(err)
	}
	if n > most {
		return nil, bomb()
	}
	return b.Bytes(), nil
}

func bomb() error {
	return fault.New(fault.TooLarge, "media.unpacked", "the document unpacks to far more than it should").Do("Open it in its program, remove what is large, save it again and upload that")
}

// dialect is how one family of office formats names what matters here.
type dialect struct {
	drop   map[string]Trace // parts that go, by name; a name that ends in / is a folder
	macros []string         // names, or folders, of programs
	edit   func(d dialect, name string, xml []byte) (edited []byte, traces []Trace, err error)
}

var (
	ooxml = dialect{
		drop: map[string]Trace{
			"docProps/core.xml": Person, "docProps/app.xml": Program, "docProps/custom.xml": Other, "docProps/": Preview, "_xmlsignatures/": Other,
		},
		macros: []string{"vbaProject.bin", "vbaData.xml", "vbaProjectSignature.bin"},
		edit:   editOOXML,
	}
	odf = dialect{
		drop:   map[string]Trace{"meta.xml": Person, "Thumbnails/": Preview, "META-INF/documentsignatures.xml": Other, "Configurations2/": Program, "layout-cache": Program},
		macros: []string{"Basic/", "Scripts/", "META-INF/macrosignatures.xml"},
		edit:   editODF,
	}
)

// office writes an office document anew without the parts that tell about its
// makers.
func (j *job) office() error {
	z, err := zip.NewReader(j.source, j.source.size)
	if err != nil {
		return damaged(err)
	}
	d := odf
	if j.rule.Kind == DOCX || j.rule.Kind == XLSX || j.rule.Kind == PPTX {
		d = ooxml
	}
	if err := d.check(z); err != nil {
		return err
	}
	found := map[Trace]bool{}
	marks := map[string]bool{}
	err = j.give(Copy{Role: Full, MIME: j.rule.MIME}, func(w io.Writer) error {
		out := zip.NewWriter(w)
		for _, f := range z.File {
			if err := d.copyPart(out, f, found, marks); err != nil {
				return err
			}
		}
		return out.Close()
	})
	j.result.Removed = noted{traces: found}.sorted()
	if marks["signed"] {
		j.result.note("unsigned", nil, "The document was signed; its signature does not hold for the copy")
	}
	if marks["authors"] {
		j.result.note("authors", nil, "Comments and tracked changes keep the names of their authors; accept or delete them before it is shown to others, if that matters")
	}
	if marks["embedded"] {
		j.result.note("embedded", nil, "Documents inside the document are kept as they are")
	}
	return err
}

// check refuses an archive by its list of parts, before anything is unpacked.
func (d dialect) check(z *zip.Reader) error {
	if len(z.File) > maxParts {
		return bomb()
	}
	names, total := map[string]bool{}, uint64(0)
	for _, f := range z.File {
		name := strings.ToLower(f.Name)
		if f.Flags&1 != 0 {
			return refused("locked")
		}
		if names[name] || strings.HasPrefix(name, "/") || strings.Contains(name, `\`) || path.Clean(name) != strings.TrimSuffix(name, "/") || strings.HasPrefix(name, "..") {
			return damaged(fmt.Errorf("part %q", fault.Clip(f.Name, 80)))
		}
		names[name] = true
		if total += min(f.UncompressedSize64, maxUnpacked+1); total > maxUnpacked {
			return bomb()
		}
		for _, m := range d.macros {
			m = strings.ToLower(m)
			if strings.HasSuffix(m, "/") && strings.HasPrefix(name, m) && name != m || path.Base(name) == m || name == m {
				return refused("macro")
			}
		}
	}
	return nil
}

// copyPart writes one part, edited, or leaves it out.
func (d dialect) copyPart(out *zip.Writer, f *zip.File, found map[Trace]bool, marks map[string]bool) error {
	if t, gone := d.dropped(f.Name); gone {
		if !strings.HasSuffix(f.Name, "/") {
			found[t] = true
		}
		if strings.Contains(strings.ToLower(f.Name), "signature") {
			marks["signed"] = true
		}
		return nil
	}
	if strings.HasSuffix(f.Name, "/") {
		return nil // a folder needs no part
	}
	b, err := part(f, maxPart)
	if err != nil {
		return err
	}
	b, traces, err := d.cleaned(f.Name, b)
	if err != nil {
		return err
	}
	for _, t := range traces {
		found[t] = true
	}
	d.observe(f.Name, b, marks)
	method := f.Method
	if method != zip.Store {
		method = zip.Deflate
	}
	w, err := out.CreateHeader(&zip.FileHeader{Name: f.Name, Method: method}) // without a date
	if err != nil {
		return err
	}
	_, err = w.Write(b)
	return err
}

func (d dialect) dropped(name string) (Trace, bool) {
	if t, ok := d.drop[name]; ok {
		return t, true
	}
	for prefix, t := range d.drop {
		if strings.HasSuffix(prefix, "/") && strings.HasPrefix(name, prefix) {
			return t, true
		}
	}
	return "", false
}

// cleaned takes out of a part what cameras, programs and machines noted.
func (d dialect) cleaned(name string, b []byte) ([]byte, []Trace, error) {
	switch strings.ToLower(path.Ext(name)) {
	case ".jpg", ".jpeg":
		return photo(JPEG, "\xff\xd8\xff", b)
	case ".png":
		return photo(PNG, "\x89PNG\r\n\x1a\n", b)
	case ".xml", ".rels":
		return d.edit(d, name, b)
	}
	return b, nil, nil
}

// photo takes the metadata out of a picture inside a document, bit by bit the
// same otherwise. Its turning and its colour profile stay what they are to the
// document: a program that heeds them needs them.
func photo(kind Kind, magic string, b []byte) ([]byte, []Trace, error) {
	if !starts(b, magic) {
		return b, nil, nil
	}
	l := layoutOf(kind, b)
	keep := l.blocks[:0:0]
	for _, x := range l.blocks {
		if x.what != "profile" && x.what != "motion" {
			keep = append(keep, x)
		}
	}
	l.blocks = keep
	if len(keep) == 0 {
		return b, nil, nil
	}
	notes := inspect(kind, b, l)
	return l.without(b), notes.sorted(), nil
}

// observe notes what stays and should be said.
func (d dialect) observe(name string, b []byte, marks map[string]bool) {
	lower := strings.ToLower(name)
	if strings.Contains(lower, "embeddings/") || strings.HasPrefix(lower, "object ") {
		marks["embedded"] = true
	}
	if path.Ext(lower) == ".xml" && (bytes.Contains(b, []byte(` w:author="`)) || strings.Contains(lower, "comments") || strings.Contains(lower, "persons/") ||
		strings.Contains(lower, "commentauthors") || bytes.Contains(b, []byte("<office:annotation")) || bytes.Contains(b, []byte("<text:changed-region"))) {
		marks["authors"] = true
	}
}

// editOOXML takes links to the dropped parts out of an Office part, the folder in
// which its author kept it, and who locked it.
func editOOXML(d dialect, name string, b []byte) ([]byte, []Trace, error) {
	gone := func(target string) bool {
		_, dropped := d.dropped(strings.TrimPrefix(target, "/"))
		return dropped
	}
	switch {
	case name == contentTypes:
		return cutElements(b, func(e element) (bool, Trace) { return e.name == "Override" && gone(e.attr("PartName")), "" })
	case strings.HasSuffix(name, ".rels"):
		return cutElements(b, func(e element) (bool, Trace) {
			return e.name == "Relationship" && e.attr("TargetMode") != "External" && name == "_rels/.rels" && gone(e.attr("Target")), ""
		})
	case name == "xl/workbook.xml":
		return cutElements(b, func(e element) (bool, Trace) { return e.name == "absPath" || e.name == "fileSharing", Person })
	case name == "word/settings.xml":
		return cutElements(b, func(e element) (bool, Trace) { return e.name == "rsids" || e.name == "attachedTemplate", Program })
	}
	return b, nil, nil
}

// editODF takes the dropped parts out of the list of an OpenDocument file, and
// refuses one that is locked.
func editODF(d dialect, name string, b []byte) ([]byte, []Trace, error) {
	if name != "META-INF/manifest.xml" {
		return b, nil, nil
	}
	locked := false
	b, traces, err := cutElements(b, func(e element) (bool, Trace) {
		locked = locked || e.name == "encryption-data"
		_, gone := d.dropped(e.attr("full-path"))
		return e.name == "file-entry" && gone, ""
	})
	if err == nil && locked {
		err = refused("locked")
	}
	return b, traces, err
}

var errUnclosed = errors.New("an element is not closed")
