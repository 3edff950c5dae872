package feed

import (
	"encoding/xml"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var day = time.Date(2026, 11, 2, 9, 0, 0, 0, time.FixedZone("EET", 2*3600))

func TestAtom(t *testing.T) {
	f := Feed{
		ID: Tag("peerscape.example.org:8080", 2026, "partnerships/next2met"), Title: "Next2Met", Lang: "fi", Author: "Peerscape",
		Self: "https://peerscape.example.org/partnerships/next2met/feed.atom", Page: "https://peerscape.example.org/partnerships/next2met",
		Entries: []Entry{
			{ID: Tag("peerscape.example.org", 2026, "a"), Title: "Työpaja & <b>muuta</b>", Page: "https://peerscape.example.org/x?a=1&b=2", Updated: day},
			{ID: Tag("peerscape.example.org", 2026, "b"), Title: "Launch", Lang: "en", Page: "https://peerscape.example.org/y", Summary: "It began.", Updated: day.Add(time.Hour)},
		},
	}
	got, err := f.Bytes(time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	want := `<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fi">
 <id>tag:peerscape.example.org,2026:partnerships/next2met</id>
 <title>Next2Met</title>
 <updated>2026-11-02T08:00:00Z</updated>
 <author>
  <name>Peerscape</name>
 </author>
 <link rel="self" type="application/atom+xml" href="https://peerscape.example.org/partnerships/next2met/feed.atom"></link>
 <link rel="alternate" type="text/html" href="https://peerscape.example.org/partnerships/next2met"></link>
 <entry>
  <id>tag:peerscape.example.org,2026:a</id>
  <title>Työpaja &amp; &lt;b&gt;muuta&lt;/b&gt;</title>
  <updated>2026-11-02T07:00:00Z</updated>
  <link rel="alternate" type="text/html" href="https://peerscape.example.org/x?a=1&amp;b=2"></link>
 </entry>
 <entry xml:lang="en">
  <id>tag:peerscape.example.org,2026:b</id>
  <title>Launch</title>
  <updated>2026-11-02T08:00:00Z</updated>
  <link rel="alternate" type="text/html" href="https://peerscape.example.org/y"></link>
  <summary>It began.</summary>
 </entry>
</feed>
`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
}

// Whatever stands in a text, the feed can be read, and says the same.
func FuzzAtom(f *testing.F) {
	f.Add("a & b", "<script>", "fi")
	f.Add("\x00\x01", "]]>", "\"")
	f.Fuzz(func(t *testing.T, title, summary, lang string) {
		b, err := Feed{ID: "tag:a,2026:b", Title: title, Lang: lang, Entries: []Entry{{Title: title, Summary: summary, Updated: day}}}.Bytes(day)
		if err != nil {
			t.Fatal(err)
		}
		var back atom
		if err := xml.Unmarshal(b, &back); err != nil {
			t.Fatalf("%v\n%s", err, b)
		}
		if len(back.Entries) != 1 || back.Entries[0].Title != back.Title {
			t.Errorf("%+v", back)
		}
	})
}
