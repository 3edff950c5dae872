package wire

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"

	"peerscape/internal/fault"
	"peerscape/internal/stats"
	"peerscape/internal/wire/jsonstat"
	"peerscape/internal/wire/sdmxcsv"
	"peerscape/internal/wire/sdmxml"
	"peerscape/internal/wire/tsv"
)

// opener opens a source in one format.
type opener func(r io.Reader, name string) (stats.Source, error)

// opens makes an opener of a decoder's NewReader.
func opens[R stats.Source](open func(io.Reader, string) (R, error)) opener {
	return func(r io.Reader, name string) (stats.Source, error) {
		source, err := open(r, name)
		if err != nil {
			return nil, err
		}
		return source, nil
	}
}

// sniff finds the format of a file by its first bytes, or says what it is.
func sniff(first []byte) (opener, *fault.Error) {
	for _, a := range archives {
		if bytes.HasPrefix(first, []byte(a.magic)) {
			return nil, refuse("wire.archive", a.what, a.cure)
		}
	}
	text := bytes.TrimLeft(bytes.TrimPrefix(first, []byte("\ufeff")), " \t\r\n")
	switch {
	case len(text) == 0:
		return nil, refuse("wire.empty", "the file is empty", "Download the file again")
	case text[0] == '<':
		return sniffXML(text)
	case text[0] == '{' || text[0] == '[':
		return sniffJSON(text)
	case bytes.IndexByte(first, 0) >= 0:
		return nil, refuse("wire.binary", "there is a zero byte, so this is no text file",
			"Upload the text file itself, not a program's own file")
	}
	return sniffTable(text)
}

func refuse(key, what, cure string) *fault.Error {
	return fault.New(fault.Invalid, key, "%s", what).Do("%s", cure)
}

// archives lists what is no text by its first bytes.
var archives = []struct{ magic, what, cure string }{
	{"PK\x03\x04", "this is a ZIP archive or a workbook", "Unpack the archive and upload the table inside, or name the workbook's columns with peerscape import --map"},
	{"\xd0\xcf\x11\xe0", "this is a workbook of the old Excel format", "Save it as XLSX or CSV, then name its columns with peerscape import --map"},
	{"BZh", "this is compressed with bzip2", "Unpack it, or compress it with gzip instead"},
	{"\xfd7zXZ", "this is compressed with xz", "Unpack it, or compress it with gzip instead"},
	{"\x28\xb5\x2f\xfd", "this is compressed with zstd", "Unpack it, or compress it with gzip instead"},
	{"7z\xbc\xaf", "this is a 7-Zip archive", "Unpack it and upload the table inside"},
	{"%PDF", "this is a PDF document", "Upload the table itself, as TSV or CSV"},
	{"PAR1", "this is a Parquet file", "Save it as CSV, then name its columns with peerscape import --map"},
	{"SQLite format 3", "this is an SQLite database", "Upload the table itself, as TSV or CSV"},
	{"\xff\xfe", "the file is written in UTF-16", "Save it again as UTF-8"},
	{"\xfe\xff", "the file is written in UTF-16", "Save it again as UTF-8"},
}

const takeOther = "Download the dataset as TSV, SDMX-CSV, SDMX-ML or JSON-stat 2.0 and upload that file"

// documents lists XML that is no SDMX, by the name that its root begins with.
// SDMX messages and the services' notices are left to sdmxml.
var documents = []struct{ root, what, cure string }{
	{"!doctype html", "this is a web page (HTML), not a dataset", takeOther},
	{"html", "this is a web page (HTML), not a dataset", takeOther},
	{"head", "this is a web page (HTML), not a dataset", takeOther},
	{"schedule", "this is a conference schedule (schedule.xml), not a dataset", "Import it as the programme of an event"},
	{"xs:schema", "this is an XML schema, not a dataset", takeOther},
	{"xsd:schema", "this is an XML schema, not a dataset", takeOther},
	{"svg", "this is an SVG picture, not a dataset", takeOther},
	{"rss", "this is an RSS feed, not a dataset", takeOther},
}

func sniffXML(text []byte) (opener, *fault.Error) {
	root := strings.ToLower(string(rootOf(text)))
	for _, d := range documents {
		rest, ok := strings.CutPrefix(root, d.root)
		if ok && (rest == "" || strings.ContainsAny(rest[:1], " \t\r\n>/")) {
			return nil, refuse("wire.not-data", d.what, d.cure)
		}
	}
	return opens(sdmxml.NewReader), nil
}

// rootOf returns the text from the root element's name on, or from the
// document type if there is one.
func rootOf(text []byte) []byte {
	for {
		text = bytes.TrimLeft(text, " \t\r\n")
		var end string
		switch {
		case bytes.HasPrefix(text, []byte("<!--")):
			end = "-->"
		case bytes.HasPrefix(text, []byte("<?")):
			end = "?>"
		case bytes.HasPrefix(text, []byte("<")):
			return text[1:min(len(text), 64)]
		default:
			return nil
		}
		i := bytes.Index(text, []byte(end))
		if i < 0 {
			return nil
		}
		text = text[i+len(end):]
	}
}

// notStatistics lists JSON by its first member. All that has to do with
// statistics is left to jsonstat, the services' notices included.
var notStatistics = map[string]struct{ what, cure string }{
	"schedule": {"this is a conference schedule (schedule.json), not a dataset", "Import it as the programme of an event"},
	"$schema":  {"this is a JSON schema, not a dataset", takeOther},
	"openapi":  {"this describes an interface (OpenAPI), not a dataset", takeOther},
}

func sniffJSON(text []byte) (opener, *fault.Error) {
	if r, ok := notStatistics[firstMember(text)]; ok {
		return nil, refuse("wire.not-data", r.what, r.cure)
	}
	return opens(jsonstat.NewReader), nil
}

// firstMember returns the name of an object's first member.
func firstMember(text []byte) string {
	d := json.NewDecoder(bytes.NewReader(text))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return ""
	}
	t, err := d.Token()
	if err != nil {
		return ""
	}
	name, _ := t.(string)
	return name
}

const mapping = "Name its columns with peerscape import --map"

// sniffTable tells tables by their heading.
func sniffTable(text []byte) (opener, *fault.Error) {
	heading, _, _ := bytes.Cut(text, []byte("\n"))
	switch delimiter := delimiterOf(heading); {
	case tsv.Recognises(heading):
		return opens(tsv.NewReader), nil
	case delimiter == 0:
		return nil, refuse("wire.unknown", "this is no format that is read", takeOther)
	case isSDMX(heading) || isLong(heading, delimiter):
		return opens(sdmxcsv.NewReader), nil
	}
	return nil, refuse("wire.own-table", "this looks like a table of one's own, whose columns are not known", mapping)
}

// delimiterOf returns what separates the fields of a heading; 0 if nothing does.
func delimiterOf(heading []byte) byte {
	var best byte
	most := 0
	for _, d := range []byte("\t,;|") {
		if n := bytes.Count(heading, []byte{d}); n > most {
			best, most = d, n
		}
	}
	return best
}

// isSDMX reports an SDMX-CSV heading: 1.0 begins with DATAFLOW, 2.0 with
// STRUCTURE, perhaps with the separator of lists behind it.
func isSDMX(heading []byte) bool {
	first := bytes.TrimLeft(heading, `"`)
	for _, name := range []string{"STRUCTURE", "DATAFLOW"} {
		if rest, ok := bytes.CutPrefix(first, []byte(name)); ok && len(rest) > 0 && bytes.IndexByte([]byte("\",;\t:["), rest[0]) >= 0 {
			return true
		}
	}
	return false
}

// isLong reports the heading of a long table that keeps SDMX's names, such as
// geo,TIME_PERIOD,OBS_VALUE or freq,unit,geo,time,obs_value.
func isLong(heading []byte, delimiter byte) bool {
	var region, time, value bool
	for f := range bytes.SplitSeq(bytes.ToLower(heading), []byte{delimiter}) {
		switch string(bytes.Trim(f, "\" \t\r")) {
		case "geo", "metroreg", "cities", "terrtypo":
			region = true
		case "time", "time_period":
			time = true
		case "obs_value", "values", "value":
			value = true
		}
	}
	return region && time && value
}
