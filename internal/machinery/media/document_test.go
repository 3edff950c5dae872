package media_test

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
	"github.com/xuri/excelize/v2"

	"peerscape/internal/fault"
	"peerscape/internal/machinery/media"
)

// part is one part of an archive, in order.
type part struct{ name, body string }

func archive(t testing.TB, parts ...part) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, p := range parts {
		method := zip.Deflate
		if p.name == "mimetype" {
			method = zip.Store
		}
		w, err := z.CreateHeader(&zip.FileHeader{Name: p.name, Method: method})
		must(t, err)
		_, err = w.Write([]byte(p.body))
		must(t, err)
	}
	must(t, z.Close())
	return b.Bytes()
}

func unpacked(t testing.TB, b []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	must(t, err)
	out := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		must(t, err)
		body, err := io.ReadAll(r)
		must(t, err)
		out[f.Name] = string(body)
		if !f.Modified.IsZero() && f.Modified.Year() > 1980 {
			t.Errorf("%s has the date %v", f.Name, f.Modified)
		}
	}
	return out
}

const (
	xmlHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	wordML  = `application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml`
)

// word is a document as Word writes it, with all that it notes.
func word(t testing.TB, more ...part) []byte {
	t.Helper()
	return archive(t, append([]part{
		{"[Content_Types].xml", xmlHead + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="` + wordML + `"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/><Override PartName="/docProps/app.xml" ContentType="x"></Override></Types>`},
		{"_rels/.rels", xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://t/officeDocument" Target="word/document.xml"/><Relationship Id="rId2" Type="http://t/core-properties" Target="docProps/core.xml"/><Relationship Id="rId3" Type="http://t/thumbnail" Target="/docProps/thumbnail.jpeg"/></Relationships>`},
		{"word/document.xml", xmlHead + `<w:document xmlns:w="w"><w:body><w:ins w:id="1" w:author="Reviewer"><w:r/></w:ins></w:body></w:document>`},
		{"word/settings.xml", xmlHead + `<w:settings xmlns:w="w"><w:rsids><w:rsid w:val="` + secret + `"/></w:rsids><w:zoom/></w:settings>`},
		{"word/media/image1.jpeg", string(photo(t, corners(16, 16), everything()))},
		{"word/media/image2.png", string(screenshot(t, corners(16, 16), everything()))},
		{"docProps/core.xml", "<a>" + secret + "</a>"},
		{"docProps/app.xml", "<a>" + secret + "</a>"},
		{"docProps/thumbnail.jpeg", secret},
	}, more...)...)
}

func openDocument(t testing.TB, mime, manifest string, more ...part) []byte {
	t.Helper()
	return archive(t, append([]part{
		{"mimetype", "application/vnd.oasis.opendocument." + mime},
		{"content.xml", `<office:document-content xmlns:office="o"><office:annotation/></office:document-content>`},
		{"meta.xml", "<a>" + secret + "</a>"},
		{"Thumbnails/thumbnail.png", secret},
		{"META-INF/manifest.xml", xmlHead + `<manifest:manifest xmlns:manifest="m"><manifest:file-entry manifest:full-path="content.xml"/><manifest:file-entry manifest:full-path="meta.xml"/>` + manifest + `</manifest:manifest>`},
	}, more...)...)
}

func TestWordDocument(t *testing.T) {
	got, out := mustIngest(t, word(t), "Report.docx")
	want := []media.Trace{"attachment", "camera", "description", "other", "person", "place", "preview", "program", "time"}
	if diff := cmp.Diff(want, got.Removed); diff != "" || got.Kind != media.DOCX || got.Name != "Report.docx" {
		t.Errorf("%s %s, removed (-want +got)\n%s", got.Kind, got.Name, diff)
	}
	parts := unpacked(t, out[media.Full])
	names := slices.Sorted(maps.Keys(parts))
	if diff := cmp.Diff([]string{"[Content_Types].xml", "_rels/.rels", "word/document.xml", "word/media/image1.jpeg", "word/media/image2.png", "word/settings.xml"}, names); diff != "" {
		t.Errorf("parts (-want +got)\n%s", diff)
	}
	wantTypes := xmlHead + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="` + wordML + `"/></Types>`
	wantRels := xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://t/officeDocument" Target="word/document.xml"/></Relationships>`
	if parts["[Content_Types].xml"] != wantTypes || parts["_rels/.rels"] != wantRels || parts["word/settings.xml"] != xmlHead+`<w:settings xmlns:w="w"><w:zoom/></w:settings>` {
		t.Errorf("edited parts:\n%s\n%s\n%s", parts["[Content_Types].xml"], parts["_rels/.rels"], parts["word/settings.xml"])
	}
	for name, body := range parts {
		profile := "ICC_PROFILE\x00\x01\x01" + secret // stays inside documents
		if strings.Contains(strings.ReplaceAll(body, profile, ""), secret) {
			t.Errorf("%s contains %q", name, secret)
		}
	}
	if notes := keys(got.Notes); !slices.Contains(notes, "media.authors") {
		t.Errorf("notes %v, want one on authors", notes)
	}
	again, twice := mustIngest(t, out[media.Full], "Report.docx")
	if again.Removed != nil || !bytes.Equal(out[media.Full], twice[media.Full]) {
		t.Errorf("taken in again: removed %v, %d bytes instead of %d", again.Removed, len(twice[media.Full]), len(out[media.Full]))
	}
}

func keys(notes []media.Note) (all []string) {
	for _, n := range notes {
		all = append(all, n.Key)
	}
	return all
}

func TestWorkbookStillOpens(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	must(t, f.SetCellValue("Sheet1", "B2", "Päijät-Häme"))
	must(t, f.SetDocProps(&excelize.DocProperties{Creator: secret, LastModifiedBy: secret, Title: secret}))
	must(t, f.SetAppProps(&excelize.AppProperties{Company: secret}))
	b, err := f.WriteToBuffer()
	must(t, err)
	got, out := mustIngest(t, b.Bytes(), "table.xlsx")
	if got.Kind != media.XLSX || !slices.Contains(got.Removed, media.Person) {
		t.Errorf("%s, removed %v", got.Kind, got.Removed)
	}
	for name, body := range unpacked(t, out[media.Full]) {
		if strings.Contains(body, secret) {
			t.Errorf("%s contains %q", name, secret)
		}
	}
	back, err := excelize.OpenReader(bytes.NewReader(out[media.Full]))
	must(t, err)
	defer back.Close()
	if v, err := back.GetCellValue("Sheet1", "B2"); err != nil || v != "Päijät-Häme" {
		t.Errorf("B2 = %q, %v", v, err)
	}
}

func TestOpenDocument(t *testing.T) {
	for mime, kind := range map[string]media.Kind{"text": media.ODT, "spreadsheet": media.ODS, "presentation": media.ODP} {
		got, out := mustIngest(t, openDocument(t, mime, ""), "x."+string(kind))
		parts := unpacked(t, out[media.Full])
		if diff := cmp.Diff([]string{"META-INF/manifest.xml", "content.xml", "mimetype"}, slices.Sorted(maps.Keys(parts))); diff != "" || got.Kind != kind {
			t.Errorf("%s: parts (-want +got)\n%s", got.Kind, diff)
		}
		if strings.Contains(parts["META-INF/manifest.xml"], "meta.xml") || !strings.Contains(parts["META-INF/manifest.xml"], "content.xml") {
			t.Errorf("manifest %s", parts["META-INF/manifest.xml"])
		}
		if !bytes.Equal(out[media.Full][30:38], []byte("mimetype")) || !bytes.HasPrefix(out[media.Full][38:], []byte("application/vnd.oasis")) {
			t.Error("the kind does not stand first, unpacked, where other programs look for it")
		}
	}
}

func TestDocumentsRefused(t *testing.T) {
	zeros := strings.Repeat("\x00", 8<<20)
	for name, c := range map[string]struct {
		b    []byte
		kind fault.Kind
		key  string
	}{
		"macros":                {word(t, part{"word/vbaProject.bin", "x"}), fault.Invalid, "media.kind.macro"},
		"declared macros":       {archive(t, part{"[Content_Types].xml", "application/vnd.ms-word.document.macroEnabled.main+xml"}), fault.Invalid, "media.kind.macro"},
		"OpenDocument macros":   {openDocument(t, "text", "", part{"Basic/Standard/Module1.xml", "x"}), fault.Invalid, "media.kind.macro"},
		"a lock":                {openDocument(t, "text", `<manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data/></manifest:file-entry>`), fault.Invalid, "media.kind.locked"},
		"a bomb":                {word(t, part{"word/bomb.xml", zeros}), fault.TooLarge, "media.unpacked"},
		"a bomb that is no XML": {word(t, part{"word/media/bomb.bin", zeros}), fault.TooLarge, "media.unpacked"},
		"the same part twice":   {word(t, part{"WORD/document.xml", "x"}), fault.Invalid, "media.damaged"},
		"a way out":             {word(t, part{"../../etc/passwd", "x"}), fault.Invalid, "media.damaged"},
		"a document type":       {word(t, part{"xl/_rels/x.rels", `<!DOCTYPE a [<!ENTITY b "c">]><a/>`}), fault.Invalid, "media.damaged"},
		"broken XML":            {word(t, part{"word/_rels/x.rels", `<a><b>`}), fault.Invalid, "media.damaged"},
		"an archive":            {archive(t, part{"a.txt", "x"}), fault.Invalid, "media.kind.zip"},
		"an empty archive":      {archive(t), fault.Invalid, "media.kind.zip"},
		"an electronic book":    {archive(t, part{"mimetype", "application/epub+zip"}), fault.Invalid, "media.kind.zip"},
		"a cut document":        {word(t)[:3000], fault.Invalid, "media.damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			_, out, err := ingest(t.Context(), c.b, "")
			f, ok := errors.AsType[*fault.Error](err)
			if !ok || f.Kind != c.kind || f.Key != c.key || len(out) > 0 {
				t.Errorf("Ingest: %v, %d copies; want %v %s", err, len(out), c.kind, c.key)
			}
		})
	}
}

// pdf writes objects, numbered from 1, the first being the catalogue, as a plain
// PDF 1.4 file.
func pdf(trailer string, objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
	places := make([]int, len(objects))
	for i, o := range objects {
		places[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	at := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, p := range places {
		fmt.Fprintf(&b, "%010d 00000 n \n", p)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, trailer, at)
	return b.Bytes()
}

func stream(dict, body string) string {
	return fmt.Sprintf("<<%s/Length %d>>\nstream\n%s\nendstream", dict, len(body), body)
}

// laden is a PDF of one page with a photo, and all that may not pass.
func laden(t testing.TB) []byte {
	t.Helper()
	var page bytes.Buffer
	z := zlib.NewWriter(&page)
	_, _ = z.Write([]byte("q 200 0 0 200 0 0 cm /AA Do Q"))
	must(t, z.Close())
	return pdf(`/Info 4 0 R/ID[<00><00>]`,
		`<</Type/Catalog/Pages 2 0 R/Metadata 5 0 R/OpenAction<</S/JavaScript/JS(app.alert\("`+secret+`"\))>>/Names<</JavaScript<</Names[(a) 8 0 R]>>/EmbeddedFiles<</Names[(b) 9 0 R]>>/Dests<</Names[(c)[3 0 R/Fit]]>>>>/AA<</WC 8 0 R>>/PieceInfo<</x(`+secret+`)>>/Lang(fi)>>`,
		`<</Type/Pages/Kids[3 0 R]/Count 1>>`,
		`<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200.5]/Contents 7 0 R/Resources<</XObject<</AA 6 0 R/EF 6 0 R>>>>/Annots[11 0 R 12 0 R 13 0 R]>>`,
		`<</Author(`+secret+`)/Title(`+secret+`)/Producer(`+secret+`)/CreationDate(D:20240506)>>`,
		stream("/Type/Metadata/Subtype/XML", xmp),
		stream("/Type/XObject/Subtype/Image/Width 16/Height 16/BitsPerComponent 8/ColorSpace/DeviceRGB/Filter/DCTDecode", string(photo(t, corners(16, 16), everything()))),
		stream("/Filter/FlateDecode", page.String()),
		`<</S/JavaScript/JS(`+secret+`)>>`,
		`<</Type/Filespec/F(a.exe)/EF<</F 10 0 R>>>>`,
		stream("/Type/EmbeddedFile", secret),
		`<</Type/Annot/Subtype/Link/Rect[0 0 1 1]/A<</S/Launch/F(`+secret+`)>>>>`,
		`<</Type/Annot/Subtype/Link/Rect[0 0 1 1]/A<</S/URI/URI(https://example.org/)>>>>`,
		`<</Type/Annot/Subtype/FileAttachment/Rect[0 0 1 1]/FS 9 0 R>>`,
		`(left over: `+secret+`)`,
	)
}

// texts returns all objects of a PDF as text, with their streams unpacked.
func texts(t testing.TB, b []byte) string {
	t.Helper()
	ctx, err := pdfcpu.Read(bytes.NewReader(b), &model.Configuration{Reader15: true, Limits: model.DefaultResourceLimits()})
	must(t, err)
	var all strings.Builder
	for _, number := range slices.Sorted(maps.Keys(ctx.Table)) {
		if ctx.Table[number].Free {
			continue
		}
		o, err := ctx.Dereference(*types.NewIndirectRef(number, 0))
		must(t, err)
		if s, ok := o.(types.StreamDict); ok {
			_ = s.Decode()
			fmt.Fprintf(&all, "%s\n%s\n%s\n", s.Dict.PDFString(), s.Raw, s.Content)
		} else if o != nil {
			all.WriteString(o.PDFString() + "\n")
		}
	}
	return all.String()
}

func TestPDF(t *testing.T) {
	got, out := mustIngest(t, laden(t), "Minutes.pdf")
	want := []media.Trace{"attachment", "camera", "description", "other", "person", "place", "program", "script", "time"}
	if diff := cmp.Diff(want, got.Removed); diff != "" || got.Kind != media.PDF || got.Name != "Minutes.pdf" {
		t.Errorf("%s %s, removed (-want +got)\n%s", got.Kind, got.Name, diff)
	}
	if diff := cmp.Diff([]string{"media.attachments", "media.scripts"}, keys(got.Notes)); diff != "" {
		t.Errorf("notes (-want +got)\n%s", diff)
	}
	b := out[media.Full]
	text := strings.ReplaceAll(texts(t, b), "ICC_PROFILE\x00\x01\x01"+secret, "")
	for _, word := range []string{secret, "JavaScript", "Launch", "/EmbeddedFile", "Producer", "pdfcpu", "Metadata", "Exif"} {
		if strings.Contains(text, word) || word != secret && bytes.Contains(b, []byte(word)) {
			t.Errorf("the copy contains %q", word)
		}
	}
	for _, word := range []string{"https://example.org/", "/AA Do", "/XObject<</AA", "/EF ", "(fi)", "200.5", "/Dests"} {
		if !strings.Contains(text, word) {
			t.Errorf("the copy lost %q", word)
		}
	}
	again, twice := mustIngest(t, b, "Minutes.pdf")
	if again.Removed != nil || len(again.Notes) > 0 || !strings.Contains(texts(t, twice[media.Full]), "/AA Do") {
		t.Errorf("taken in again: %+v", again)
	}
}

func TestPDFRefused(t *testing.T) {
	plain := pdf("", `<</Type/Catalog/Pages 2 0 R>>`, `<</Type/Pages/Kids[3 0 R]/Count 1>>`, `<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>`)
	signature := `<</Type/Sig/Filter/Adobe.PPKLite/ByteRange[0 1 2 3]/Contents<00>>>`
	form := func(more string) string {
		return `<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[<</FT/Sig/T(a)/V 4 0 R>>]>>` + more + `>>`
	}
	page := []string{`<</Type/Pages/Kids[3 0 R]/Count 1>>`, `<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>`, signature}
	locked := pdf(`/Encrypt 4 0 R/ID[<00><00>]`, `<</Type/Catalog/Pages 2 0 R>>`, page[0], page[1],
		`<</Filter/Standard/V 1/R 2/Length 40/P -4/O<`+strings.Repeat("00", 32)+`>/U<`+strings.Repeat("00", 32)+`>>>`)
	for name, c := range map[string]struct {
		b   []byte
		key string
	}{
		"a lock":                 {locked, "media.kind.locked"},
		"a signature and script": {pdf("", append([]string{form("/OpenAction<</S/JavaScript/JS(x)>>")}, page...)...), "media.signed"},
		"cut":                    {plain[:60], "media.damaged"},
		"no pages":               {pdf("", `<</Type/Catalog>>`), "media.damaged"},
		"a catalogue of nothing": {pdf("", `null`), "media.damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := ingest(t.Context(), c.b, "")
			if f, ok := errors.AsType[*fault.Error](err); !ok || f.Kind != fault.Invalid || f.Key != c.key {
				t.Errorf("Ingest: %v (%v), want %s", err, f, c.key)
			}
		})
	}
	t.Run("a signature alone", func(t *testing.T) {
		b := pdf("/Info<</Author(me)>>", append([]string{form("")}, page...)...)
		got, out := mustIngest(t, b, "")
		if !bytes.Equal(out[media.Full], b) || got.Removed != nil || !slices.Contains(keys(got.Notes), "media.signed") {
			t.Errorf("a signed PDF changed, or the note is missing: %+v", got)
		}
	})
}
