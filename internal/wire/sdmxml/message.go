package sdmxml

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"

	"peerscape/internal/fault"
)

// sniffed is how much of a file is looked at before it is read as XML.
const sniffed = 64 << 10

// layouts are the data messages that are read, by root element.
var layouts = map[string]string{
	"GenericData":                     "generic",
	"GenericTimeSeriesData":           "generic",
	"StructureSpecificData":           "structure-specific",
	"StructureSpecificTimeSeriesData": "structure-specific",
}

// preamble is what stands before the body of a message.
type preamble struct {
	root    string
	version string // "2.1", "3.0"; empty where the name spaces say neither
	dataset Ref    // the dataflow, or else the structure, that the message names
	setID   string // DataSetID
	atObs   string // the dimension on the observations
}

// open looks at the first bytes, refuses what is no SDMX message, and returns a
// scanner that stands on the root element.
func open(r io.Reader, name string) (*scanner, *preamble, error) {
	buffered := bufio.NewReaderSize(r, sniffed)
	head, _ := buffered.Peek(sniffed) // an error shows again when the bytes are read
	if err := refuseNotice(head, name); err != nil {
		return nil, nil, err
	}
	s := newScanner(buffered, name)
	for {
		err := s.next()
		switch {
		case err == io.EOF:
			return nil, nil, s.wrong("wire.empty", "the file is empty").Do("Download the file again")
		case err != nil:
			return nil, nil, err
		case s.kind == startTag:
			p, err := rootOf(s)
			return s, p, err
		}
	}
}

// refuseNotice recognises what services send in place of a message.
func refuseNotice(head []byte, name string) error {
	if looksLikeHTML(head) {
		return fault.New(fault.Invalid, "wire.html", "this is a web page (HTML), not SDMX-ML").In(name, 1).
			Do("Download the dataset again; the page was probably an error message")
	}
	if bytes.HasPrefix(head, []byte{0xff, 0xfe}) || bytes.HasPrefix(head, []byte{0xfe, 0xff}) {
		return fault.New(fault.Invalid, "wire.utf16", "the file is written in UTF-16").In(name, 1).
			Do("Save it again as UTF-8")
	}
	if a, ok := ReadAsync(head); ok {
		return a.fault().In(name, 1)
	}
	if f, ok := ReadFault(head); ok {
		return f.fault().In(name, 1)
	}
	return nil
}

// rootOf reads what the root element tells.
func rootOf(s *scanner) (*preamble, error) {
	p := &preamble{root: s.local}
	for _, a := range s.attr {
		switch {
		case strings.Contains(a.Value, "/schemas/v3_0/"):
			p.version = "3.0"
		case strings.Contains(a.Value, "/schemas/v2_1/"):
			p.version = "2.1"
		case strings.Contains(a.Value, "/schemas/v2_0/") || strings.Contains(a.Value, "/schemas/v1_0/"):
			return nil, s.wrong("wire.sdmx-old", "this is SDMX-ML 2.0 or older, which is not read").
				Do("Download the dataset as TSV, SDMX-CSV or SDMX-ML 2.1")
		case a.Name.Space == "xmlns" && strings.HasPrefix(a.Value, "urn:sdmx:") && p.dataset.ID == "":
			p.dataset = refOfURN(a.Value)
		}
	}
	return p, nil
}

// header reads the Header element just opened.
func (p *preamble) header(s *scanner) error {
	named := false
	return s.each(func() (err error) {
		switch s.local {
		case "DataSetID":
			p.setID, err = s.text()
		case "Structure":
			if !named {
				named = true
				err = p.structure(s)
			}
		}
		return err
	})
}

// structure reads which structure and which dimension on the observations the
// header's Structure element names. A dataflow beats a structure.
func (p *preamble) structure(s *scanner) error {
	p.atObs = s.get("dimensionAtObservation")
	return s.each(func() error {
		if s.local != "Structure" && s.local != "StructureUsage" && s.local != "ProvisionAgreement" {
			return nil
		}
		ref, err := reference(s)
		if ref.ID != "" {
			p.dataset = ref
		}
		return err
	})
}

// name returns the dataset's code in lower case.
func (p *preamble) name() string {
	id := p.setID
	if id == "" {
		id = p.dataset.ID
	}
	return strings.ToLower(strings.TrimPrefix(strings.TrimPrefix(id, "DSD_"), "DF_"))
}

// format names the message for people.
func (p *preamble) format(kind string) string {
	return strings.Join(strings.Fields("SDMX-ML "+p.version+" "+kind), " ")
}

// footer reads the Footer element just opened. Messages that stand for missing
// data become an error, all others a note each.
func footer(s *scanner, note func(string)) error {
	return s.each(func() error {
		if s.local != "Message" {
			return nil
		}
		code, severity := s.get("code"), s.get("severity")
		var texts []string
		line := s.line()
		err := s.each(func() error {
			t, err := s.text()
			if len(texts) < 8 && t != "" {
				texts = append(texts, t)
			}
			return err
		})
		if err != nil {
			return err
		}
		if why, ok := footerFaults[code]; ok || severity == "Error" {
			if why == "" {
				why = "the publisher reports an error in place of data"
			}
			return footerFault(code, why, texts).In(s.name, line)
		}
		note(fmt.Sprintf("the message ends with the remark %s: %s", fault.Clip(code, 60), fault.Clip(strings.Join(texts, " "), 60)))
		return nil
	})
}

// footerFaults are the codes of the SDMX standard that mean: this is not all.
var footerFaults = map[string]string{
	"100": "the publisher found nothing",
	"110": "the publisher refused access",
	"130": "the publisher cut the answer because it was too large",
	"140": "the publisher could not read the query",
	"150": "the publisher does not allow a value in the query",
	"413": "the publisher did not send the figures but promised them as a ZIP file",
	"500": "the publisher's server failed",
	"501": "the publisher's service cannot do this",
	"503": "the publisher's service is not available",
	"510": "the publisher cut the answer because it was too large",
}

func footerFault(code, why string, texts []string) *fault.Error {
	cure := "Ask for less at once, or take the dataset as TSV"
	if url := firstURL(texts); url != "" && code == "413" {
		cure = "Fetch the ZIP file from " + url + ", unpack it and import the file inside; or take the dataset as TSV"
	}
	return fault.New(fault.Invalid, "wire.sdmx-footer", "%s (footer message %s: %s)", why, fault.Clip(code, 60), fault.Clip(strings.Join(texts, " "), 400)).
		With("code", code).Do("%s", cure)
}

// firstURL returns the first text that is an address and nothing else.
func firstURL(texts []string) string {
	for _, t := range texts {
		if (strings.HasPrefix(t, "http://") || strings.HasPrefix(t, "https://")) && !strings.ContainsAny(t, " \t\r\n") {
			return fault.Clip(t, 400)
		}
	}
	return ""
}
