// Package feed writes what is new as Atom (RFC 4287), for readers that ask now and
// then.
//
// It knows no subject: a Feed value goes in, bytes come out. Ids are tag URIs (RFC
// 4151), so that an entry stays the same when the site moves. Start with Feed.
package feed

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
	"time"
)

// MIME is the type of the bytes that Bytes returns.
const MIME = "application/atom+xml; charset=utf-8"

// Feed is a list of what is new.
type Feed struct {
	ID      string // made by Tag
	Title   string
	Lang    string // BCP 47
	Author  string // who publishes it
	Self    string // absolute address of the feed
	Page    string // absolute address of what it tells of
	Entries []Entry
}

// Entry is one thing that is new, or was changed.
type Entry struct {
	ID      string // made by Tag; stays when the entry is changed
	Title   string
	Lang    string // of title and summary, if not the feed's
	Page    string
	Summary string // plain text; may be empty
	Updated time.Time
}

// Tag returns the id of a thing of a host since a year: "tag:example.org,2026:a/b".
func Tag(host string, year int, thing string) string {
	host, _, _ = strings.Cut(host, ":")
	return fmt.Sprintf("tag:%s,%d:%s", host, year, thing)
}

type (
	atom struct {
		XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
		Lang    string      `xml:"xml:lang,attr,omitempty"`
		ID      string      `xml:"id"`
		Title   string      `xml:"title"`
		Updated string      `xml:"updated"`
		Author  person      `xml:"author"`
		Links   []link      `xml:"link"`
		Entries []atomEntry `xml:"entry"`
	}
	person struct {
		Name string `xml:"name"`
	}
	link struct {
		Rel  string `xml:"rel,attr"`
		Type string `xml:"type,attr,omitempty"`
		Href string `xml:"href,attr"`
	}
	atomEntry struct {
		Lang    string `xml:"xml:lang,attr,omitempty"`
		ID      string `xml:"id"`
		Title   string `xml:"title"`
		Updated string `xml:"updated"`
		Link    link   `xml:"link"`
		Summary string `xml:"summary,omitempty"`
	}
)

// Bytes returns the feed as XML. It is as new as its newest entry; one without
// entries is as new as empty says.
func (f Feed) Bytes(empty time.Time) ([]byte, error) {
	newest := empty
	out := atom{
		Lang: f.Lang, ID: f.ID, Title: f.Title, Author: person{f.Author},
		Links: []link{{"self", "application/atom+xml", f.Self}, {"alternate", "text/html", f.Page}},
	}
	for i, e := range f.Entries {
		if i == 0 || e.Updated.After(newest) {
			newest = e.Updated
		}
		out.Entries = append(out.Entries, atomEntry{
			Lang: e.Lang, ID: e.ID, Title: e.Title, Updated: stamp(e.Updated), Link: link{"alternate", "text/html", e.Page}, Summary: e.Summary,
		})
	}
	out.Updated = stamp(newest)
	var b bytes.Buffer
	b.WriteString(xml.Header)
	enc := xml.NewEncoder(&b)
	enc.Indent("", " ")
	if err := enc.Encode(out); err != nil {
		return nil, fmt.Errorf("write the feed: %w", err)
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
