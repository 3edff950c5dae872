// Package web holds what the browser loads: the style sheet, the script, the
// fonts and the sign of Peerscape, as bundled by web/build into dist.
//
// It serves nothing; the pages do. A clone without a bundle still builds: Open
// then returns a Bundle that has no files, and the pages say how to make it.
package web

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// How to make the bundle, for people who meet a page without one.
const Make = "make web"

// Bundle is the bundled files and their present names.
type Bundle struct {
	files fs.FS
	names map[string]string // stable name → name with hash
}

// Open reads the embedded bundle.
func Open() (*Bundle, error) {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		return nil, err
	}
	b := &Bundle{files: files}
	manifest, err := fs.ReadFile(files, "manifest.json")
	if err != nil {
		return b, nil // not bundled
	}
	if err := json.Unmarshal(manifest, &b.names); err != nil {
		return nil, fmt.Errorf("read the manifest of the bundle: %w", err)
	}
	return b, nil
}

// Built reports whether there is a bundle.
func (b *Bundle) Built() bool { return len(b.names) > 0 }

// Name returns the present name of a stable one ("app.css"), or "".
func (b *Bundle) Name(stable string) string { return b.names[stable] }

// Read returns a file by its present name, plain and gzipped; gz is nil where
// the file does not shrink.
func (b *Bundle) Read(name string) (plain, gz []byte, err error) {
	if plain, err = fs.ReadFile(b.files, name); err != nil {
		return nil, nil, err
	}
	gz, err = fs.ReadFile(b.files, name+".gz")
	if err != nil {
		return plain, nil, nil
	}
	return plain, gz, nil
}
