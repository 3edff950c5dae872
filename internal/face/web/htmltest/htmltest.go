// Package htmltest finds elements in an answer by a small part of the
// selectors of CSS, so that tests say what stands where and not how it is
// written. It is for tests only. Start with Parse.
//
// A selector is a path of steps with spaces between (descendants); a step is a
// name, a class, an id, an attribute, or several: "table.t th", "#atlas h1",
// "a[aria-current]", "option[selected]".
package htmltest

import (
	"io"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// Document is a parsed answer.
type Document struct {
	t    testing.TB
	root *html.Node
}

// Parse reads an answer; one that is not HTML fails the test.
func Parse(t testing.TB, r io.Reader) *Document {
	t.Helper()
	root, err := html.Parse(r)
	if err != nil {
		t.Fatalf("not HTML: %v", err)
	}
	return &Document{t, root}
}

// Element is one found element.
type Element struct{ node *html.Node }

// Text returns the element's text with single spaces.
func (e Element) Text() string {
	var b strings.Builder
	walk(e.node, func(n *html.Node) {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
	})
	return strings.Join(strings.Fields(b.String()), " ")
}

// Attr returns an attribute, "" if it is absent.
func (e Element) Attr(name string) string {
	for _, a := range e.node.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// All returns the elements that match, in the order of the document.
func (d *Document) All(selector string) []Element {
	d.t.Helper()
	steps := parse(d.t, selector)
	var out []Element
	walk(d.root, func(n *html.Node) {
		if n.Type == html.ElementNode && matches(n, steps) {
			out = append(out, Element{n})
		}
	})
	return out
}

// One returns the one element that matches; none or several fail the test.
func (d *Document) One(selector string) Element {
	d.t.Helper()
	all := d.All(selector)
	if len(all) != 1 {
		d.t.Fatalf("%d elements match %q, want one", len(all), selector)
	}
	return all[0]
}

// Texts returns the texts of the elements that match.
func (d *Document) Texts(selector string) []string {
	d.t.Helper()
	var out []string
	for _, e := range d.All(selector) {
		out = append(out, e.Text())
	}
	return out
}

func walk(n *html.Node, visit func(*html.Node)) {
	visit(n)
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		walk(c, visit)
	}
}

// step is what one element must have.
type step struct {
	name  string
	attrs [][2]string // name and wanted value, "" for any; class and id too
}

var part = regexp.MustCompile(`^(?:([a-z][a-z0-9]*)|\.([\w-]+)|#([\w-]+)|\[([\w-]+)(?:="?([^"\]]*)"?)?\])`)

func parse(t testing.TB, selector string) []step {
	t.Helper()
	var out []step
	for _, word := range strings.Fields(selector) {
		var s step
		for word != "" {
			m := part.FindStringSubmatch(word)
			if m == nil {
				t.Fatalf("selector %q: cannot read %q", selector, word)
			}
			switch {
			case m[1] != "":
				s.name = m[1]
			case m[2] != "":
				s.attrs = append(s.attrs, [2]string{"class", m[2]})
			case m[3] != "":
				s.attrs = append(s.attrs, [2]string{"id", m[3]})
			default:
				s.attrs = append(s.attrs, [2]string{m[4], m[5]})
			}
			word = word[len(m[0]):]
		}
		out = append(out, s)
	}
	return out
}

func matches(n *html.Node, steps []step) bool {
	if !fits(n, steps[len(steps)-1]) {
		return false
	}
	rest := steps[:len(steps)-1]
	for up := n.Parent; up != nil && len(rest) > 0; up = up.Parent {
		if up.Type == html.ElementNode && fits(up, rest[len(rest)-1]) {
			rest = rest[:len(rest)-1]
		}
	}
	return len(rest) == 0
}

func fits(n *html.Node, s step) bool {
	if s.name != "" && n.Data != s.name {
		return false
	}
	for _, want := range s.attrs {
		found := false
		for _, a := range n.Attr {
			switch {
			case a.Key != want[0]:
			case want[1] == "" || a.Val == want[1]:
				found = true
			case a.Key == "class":
				for c := range strings.FieldsSeq(a.Val) {
					found = found || c == want[1]
				}
			}
		}
		if !found {
			return false
		}
	}
	return true
}
