package web_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// forbidden is what no template, no drawing and no style sheet may hold.
var forbidden = []struct {
	files string // endings
	found *regexp.Regexp
	why   string
}{
	{".templ .go", regexp.MustCompile(`[\s"` + "`" + `]style=`), "the content policy forbids inline style: use a class"},
	{".templ .go", regexp.MustCompile(`<style[\s>]`), "the content policy forbids inline style: use a class"},
	{".templ", regexp.MustCompile(`<script(\s+type="[a-z]+")?\s*>`), "the content policy forbids inline script: write a module"},
	{".templ", regexp.MustCompile(`\son[a-z]+=`), "the content policy forbids handlers in attributes: write a module"},
	{".templ", regexp.MustCompile(`hx-(on|vals|vars|headers|live)\b`), "htmx runs expressions in this attribute"},
	{".templ", regexp.MustCompile(`hx-trigger="[^"]*\[`), "htmx runs the filter of a trigger as an expression"},
	{".templ .go", regexp.MustCompile(`["'(]js:|javascript:`), "htmx and browsers run this as an expression"},
	{".templ .go .ts .css", regexp.MustCompile(`[\s"'(:]#(?:[0-9a-fA-F]{6}|[0-9a-fA-F]{3})\b`), "colours stand in web/css/tokens.css alone: use a token or a class"},
	{".ts", regexp.MustCompile(`\b(innerHTML|outerHTML|eval|Function)\b`), "text becomes text, never markup or code"},
}

func TestSourcesKeepTheContentPolicy(t *testing.T) {
	files := 0
	for _, root := range []string{"..", "../../chart", "../../../web/css", "../../../web/ts"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || strings.HasSuffix(path, "_templ.go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			if path == filepath.Join("../../../web/css", "tokens.css") || path == filepath.Join("../../../web/css", "print.css") {
				return nil // tokens, and their values on paper
			}
			if path == filepath.Join("..", "letter", "letter.templ") {
				return nil // mail programs read no style sheets
			}
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			files++
			for _, f := range forbidden {
				if !strings.Contains(f.files+" ", filepath.Ext(path)+" ") {
					continue
				}
				if m := f.found.FindString(string(b)); m != "" {
					t.Errorf("%s holds %q: %s", path, strings.TrimSpace(m), f.why)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if files < 40 {
		t.Errorf("only %d files were read", files)
	}
}

func TestForbiddenIsFound(t *testing.T) {
	for _, bad := range []string{
		`<p style="x">`, `<style>`, `<script>alert(1)</script>`, `<a onclick="x">`, `<a hx-on:click="x">`, `<a hx-vals='x'>`,
		`<a hx-trigger="click[ctrlKey]">`, `<a hx-get="js:x">`, `<circle fill="#ff0000">`, `x.innerHTML = y`,
	} {
		hit := false
		for _, f := range forbidden {
			hit = hit || f.found.MatchString(bad)
		}
		if !hit {
			t.Errorf("%s would pass", bad)
		}
	}
}
