// Command build bundles the scripts, styles and fonts of the pages into
// web/dist, with content hashes in their names, and writes manifest.json.
// Run it in the repository's root: go run ./web/build
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/klauspost/compress/gzip"
)

const out = "web/dist"

// entries are the bundles; preload are the fonts that every first page needs.
var (
	entries = []string{"web/css/app.css", "web/ts/app.ts"}
	preload = []string{"peerscape-sans-latin-wght.woff2", "peerscape-serif-latin-600.woff2"}
)

func main() {
	if err := build(); err != nil {
		fmt.Fprintln(os.Stderr, "web/build:", err)
		os.Exit(1)
	}
}

func build() error {
	if _, err := os.Stat("web/node_modules/htmx.org"); err != nil {
		return errors.New("web/node_modules is missing: run npm ci in web, or make web in the root")
	}
	if err := clean(); err != nil {
		return err
	}
	r := api.Build(api.BuildOptions{
		EntryPoints: entries, Outdir: out, EntryNames: "[name]-[hash]", AssetNames: "[name]-[hash]",
		Bundle: true, Write: true, Metafile: true, Format: api.FormatESModule, Target: api.ES2022,
		MinifyWhitespace: true, MinifyIdentifiers: true, MinifySyntax: true, LegalComments: api.LegalCommentsNone,
		Loader: map[string]api.Loader{".woff2": api.LoaderFile}, LogLevel: api.LogLevelWarning,
		NodePaths: []string{"web/node_modules"},
	})
	if len(r.Errors) > 0 {
		return fmt.Errorf("%d errors, first: %s", len(r.Errors), r.Errors[0].Text)
	}
	names, err := outputs(r.Metafile)
	if err != nil {
		return err
	}
	if err := addIcon(names); err != nil {
		return err
	}
	for _, name := range names {
		if err := compress(filepath.Join(out, name)); err != nil {
			return err
		}
	}
	b, err := json.MarshalIndent(names, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(out, "manifest.json"), append(b, '\n'), 0o644)
}

// clean empties the folder but for the file that keeps it in the repository.
func clean() error {
	old, err := os.ReadDir(out)
	if err != nil {
		return err
	}
	for _, e := range old {
		if e.Name() != ".keep" {
			if err := os.RemoveAll(filepath.Join(out, e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// outputs reads esbuild's account of what it wrote: entry points by their
// stable names, and the fonts to preload.
func outputs(metafile string) (map[string]string, error) {
	var meta struct {
		Outputs map[string]struct {
			EntryPoint string              `json:"entryPoint"`
			Inputs     map[string]struct{} `json:"inputs"`
		} `json:"outputs"`
	}
	if err := json.Unmarshal([]byte(metafile), &meta); err != nil {
		return nil, err
	}
	names := map[string]string{}
	for path, o := range meta.Outputs {
		name := filepath.Base(path)
		if o.EntryPoint != "" {
			names[strings.TrimSuffix(filepath.Base(o.EntryPoint), filepath.Ext(o.EntryPoint))+filepath.Ext(path)] = name
			continue
		}
		for _, font := range preload {
			for input := range o.Inputs {
				if filepath.Base(input) == font {
					names[font] = name
				}
			}
		}
	}
	if len(names) != len(entries)+len(preload) {
		return nil, fmt.Errorf("%d files in the manifest, expected %d: %v", len(names), len(entries)+len(preload), names)
	}
	return names, nil
}

func addIcon(names map[string]string) error {
	b, err := os.ReadFile("web/icon.svg")
	if err != nil {
		return err
	}
	sum := sha256.Sum256(b)
	names["icon.svg"] = "icon-" + strings.ToUpper(hex.EncodeToString(sum[:4])) + ".svg"
	return os.WriteFile(filepath.Join(out, names["icon.svg"]), b, 0o644)
}

// compress writes a gzipped twin of a text file.
func compress(path string) error {
	if strings.HasSuffix(path, ".woff2") {
		return nil
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var z bytes.Buffer
	w, err := gzip.NewWriterLevel(&z, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := w.Write(b); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return os.WriteFile(path+".gz", z.Bytes(), 0o644)
}
