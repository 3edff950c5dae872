package sdmxml

import (
	"bufio"
	"bytes"
	"strconv"
	"strings"

	"peerscape/internal/fault"
)

// Fault is a SOAP fault, with or without an envelope, or an SDMX error message.
type Fault struct {
	Code     int    // 100 no such thing or no result, 140 syntax, 150 semantic, 413 too big, 500; 0 if no number
	Name     string // "EXTRACTION_TOO_BIG"; empty where the text does not start with a name
	Text     string // the publisher's sentence, without the name
	Rejected map[string][]string
	Cells    int64 // estimated size of a too big extraction; 0 if not stated
	Limit    int64 // what is allowed; 0 if not stated
}

// Status is where a request stands that the publisher answers later.
type Status string

// The states of Eurostat's queue. Unknown and NotYet are refusals to an early
// or late question, not states of the queue itself.
const (
	Submitted  Status = "SUBMITTED"
	Processing Status = "PROCESSING"
	Available  Status = "AVAILABLE"
	Expired    Status = "EXPIRED"
	Unknown    Status = "UNKNOWN_REQUEST"
	NotYet     Status = "DATA_NOT_YET_AVAILABLE"
)

// Async is a queue notice. ID is empty in the refusals.
type Async struct {
	ID     string
	Status Status
}

// notice is what both readers look for.
type notice struct {
	fault *Fault
	async *Async
}

// ReadFault reads a fault from the beginning of a reply. ok is false for
// anything else. The refusals of the queue are faults too: ask ReadAsync first.
func ReadFault(b []byte) (*Fault, bool) {
	n := readNotice(b)
	return n.fault, n.fault != nil
}

// ReadAsync reads a queue notice from the beginning of a reply: the one that
// comes in place of data, the answer to a question about the state, or the
// refusal of such a question. ok is false for anything else.
func ReadAsync(b []byte) (*Async, bool) {
	n := readNotice(b)
	if n.async == nil && n.fault != nil {
		switch s := Status(n.fault.Name); s {
		case Unknown, NotYet:
			return &Async{Status: s}, true
		}
	}
	return n.async, n.async != nil
}

// readNotice walks down to the one element that matters. Damage after it does
// no harm; a document of another kind is left at its root.
func readNotice(b []byte) notice {
	var n notice
	b = bytes.TrimLeft(bytes.TrimPrefix(b, []byte("\ufeff")), " \t\r\n")
	if len(b) == 0 || b[0] != '<' {
		return n
	}
	s := newScanner(bufio.NewReader(bytes.NewReader(b)), "")
	for s.next() == nil {
		if s.kind != startTag {
			continue
		}
		switch s.local {
		case "Envelope", "Body":
			continue
		case "Header":
			if s.skip() != nil {
				return n
			}
			continue
		case "Fault":
			n.fault = soapFault(s)
		case "Error":
			n.fault = sdmxError(s)
		case "syncResponse", "asyncResponse":
			n.async = queueNotice(s)
		}
		return n
	}
	return n
}

// soapFault reads as much of a fault as there is.
func soapFault(s *scanner) *Fault {
	f := &Fault{}
	said := false
	_ = s.each(func() error { // a fault that breaks off is still a fault
		t, err := s.text()
		switch {
		case err != nil:
		case s.local == "faultcode":
			f.Code, _ = strconv.Atoi(t)
			said = true
		case s.local == "faultstring":
			f.say(t)
			said = true
		}
		return err
	})
	if !said {
		return nil
	}
	return f
}

// sdmxError reads <Error><ErrorMessage code="100"><Text>…: the standard's form.
func sdmxError(s *scanner) *Fault {
	var f *Fault
	_ = s.each(func() error {
		if s.local != "ErrorMessage" || f != nil {
			return nil
		}
		f = &Fault{}
		f.Code, _ = strconv.Atoi(s.get("code"))
		return s.each(func() error {
			t, err := s.text()
			if err == nil && f.Text == "" {
				f.say(t)
			}
			return err
		})
	})
	return f
}

// say splits "NAME: sentence" and reads the facts in the sentences of code 150
// and 413.
func (f *Fault) say(text string) {
	f.Text = text
	if name, rest, ok := strings.Cut(text, ":"); ok && isConstantName(name) {
		f.Name, f.Text = name, strings.TrimSpace(rest)
	}
	if _, list, ok := strings.Cut(f.Text, "are not allowed:"); ok {
		f.Rejected = rejected(list)
	}
	f.Cells = numberAfter(f.Text, "estimated ")
	f.Limit = numberAfter(f.Text, "max authorised is ")
}

func isConstantName(s string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '_' {
			return false
		}
	}
	return s != ""
}

// rejected reads "UNIT=A, UNIT=B, GEO=XX." into dimension in lower case → codes.
func rejected(list string) map[string][]string {
	out := map[string][]string{}
	last := ""
	for part := range strings.FieldsFuncSeq(list, func(r rune) bool { return r == ',' || r == ';' || r == ' ' }) {
		dim, code, ok := strings.Cut(part, "=")
		if !ok {
			dim, code = last, part
		}
		code = strings.TrimRight(code, ".")
		if dim == "" || code == "" || len(out[dim]) >= 100 {
			continue
		}
		last = strings.ToLower(dim)
		out[last] = append(out[last], code)
	}
	return out
}

// numberAfter returns the digits behind a phrase, 0 where there are none.
func numberAfter(text, phrase string) int64 {
	_, rest, ok := strings.Cut(text, phrase)
	if !ok {
		return 0
	}
	end := 0
	for end < len(rest) && rest[end] >= '0' && rest[end] <= '9' {
		end++
	}
	n, err := strconv.ParseInt(rest[:end], 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// queueNotice reads queued/{id,status} and status/{key,status}.
func queueNotice(s *scanner) *Async {
	var a Async
	_ = s.each(func() error {
		if s.local != "queued" && s.local != "status" {
			return nil
		}
		return s.each(func() error {
			t, err := s.text()
			switch {
			case err != nil:
			case s.local == "id", s.local == "key":
				a.ID = t
			case s.local == "status":
				a.Status = Status(strings.ToUpper(t))
			}
			return err
		})
	})
	if a.Status == "" {
		return nil
	}
	return &a
}

// fault says of a file that it holds this notice and no figures.
func (a *Async) fault() *fault.Error {
	return fault.New(fault.Invalid, "wire.sdmx-queued",
		"this is a notice that the request waits in the publisher's queue (%s), not the figures", fault.Clip(string(a.Status), 60)).
		With("id", a.ID).With("status", string(a.Status)).
		Do("Wait some minutes and download the dataset again")
}

// fault says of a file that it holds this fault and no figures.
func (f *Fault) fault() *fault.Error {
	label := f.Text
	if f.Name != "" {
		label = f.Name + ": " + f.Text
	}
	return fault.New(fault.Invalid, "wire.sdmx-fault",
		"this is an error reply of the publisher's service (SOAP fault %d, %s), not the figures", f.Code, fault.Clip(label, 400)).
		With("code", f.Code).With("name", f.Name).
		Do("Correct the request and download the dataset again")
}
