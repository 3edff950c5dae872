// Package internal holds the test of the house: which package may import which.
package internal

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "peerscape/"

// floors, lowest first. The longest prefix wins. Within a floor a higher rank
// may import a lower one; packages of equal rank may import each other only
// inside one folder of the list.
var floors = []struct {
	prefix      string
	floor, rank int
}{
	{"data", 0, 0},
	{"internal/fault", 0, 0},
	{"internal/stats", 0, 1},
	{"internal/nuts", 0, 1},
	{"internal/wire/line", 1, 0},
	{"internal/wire/", 1, 1},
	{"internal/wire", 1, 2},
	{"internal/engine/sample", 1, 0},
	{"internal/engine/composite/treat", 1, 1},
	{"internal/engine/composite/normalise", 1, 1},
	{"internal/engine/composite/impute", 1, 1},
	{"internal/engine/composite/weigh", 1, 1},
	{"internal/engine/composite/aggregate", 1, 1},
	{"internal/engine/composite/uncertainty", 1, 2},
	{"internal/engine/composite", 1, 3},
	{"internal/engine/peers", 1, 2},
	{"internal/engine/profile", 1, 3},
	{"internal/chart", 1, 0},
	{"internal/machinery/db", 2, 0},
	{"internal/machinery/", 2, 0},
	{"web", 2, 0},
	{"internal/exchange/content", 3, 0},
	{"internal/exchange/people", 3, 1},
	{"internal/exchange/notice", 3, 2},
	{"internal/exchange/upload", 3, 3},
	{"internal/exchange/catalogue", 3, 4},
	{"internal/exchange/partnership", 3, 5},
	{"internal/exchange/territory", 3, 6},
	{"internal/exchange/practice", 3, 7},
	{"internal/exchange/transfer", 3, 8},
	{"internal/exchange/event", 3, 9},
	{"internal/exchange/room", 3, 10},
	{"internal/exchange/demonstration", 3, 11},
	{"internal/exchange/evidence", 3, 12},
	{"internal/publish", 4, 0},
	{"internal/face/locale", 5, 0},
	{"internal/face/component", 5, 0},
	{"internal/face/letter", 5, 1},
	{"internal/face/web", 5, 2},
	{"internal/face/api", 5, 2},
	{"internal/app", 6, 0},
	{"internal/cli", 7, 0},
	{"cmd/peerscape", 8, 0},
}

// only says where a package belongs and why it may not stand elsewhere.
var only = []struct {
	pkg   string
	allow func(pkg, file string) bool
	why   string
}{
	{"database/sql", func(pkg, file string) bool {
		return strings.HasPrefix(pkg, "internal/machinery/db") || filepath.Base(file) == "sql.go"
	}, "SQL stands in machinery/db and in files named sql.go, so that a reader finds every query"},
	{"net/http", func(pkg, _ string) bool {
		return strings.HasPrefix(pkg, "internal/face/") || strings.HasPrefix(pkg, "internal/machinery/") ||
			pkg == "internal/app" || pkg == "internal/cli"
	}, "a subject knows no HTTP; pages and clients do"},
}

// thirdParty lists every module that our packages may import, with its reason.
var thirdParty = map[string]string{
	"modernc.org/sqlite":                  "SQLite without cgo: one static binary",
	"modernc.org/libc":                    "pinned to the version that the SQLite driver was made with",
	"github.com/jackc/pgx/v5":             "PostgreSQL",
	"github.com/pressly/goose/v3":         "migrations",
	"github.com/a-h/templ":                "typed pages",
	"github.com/danielgtaylor/huma/v2":    "OpenAPI from types",
	"github.com/alecthomas/kong":          "command line from structs",
	"github.com/willabides/kongplete":     "shell completion",
	"github.com/posener/complete":         "shell completion",
	"github.com/xuri/excelize/v2":         "workbooks",
	"github.com/vbauerster/mpb/v8":        "progress on the terminal",
	"github.com/BurntSushi/toml":          "catalogue and message files",
	"github.com/nicksnyder/go-i18n/v2":    "plural rules of messages",
	"github.com/klauspost/compress":       "zstandard for the snapshot, fast gzip",
	"github.com/evanw/esbuild":            "bundles scripts and styles at build time",
	"github.com/mattn/go-isatty":          "colour only on a terminal",
	"golang.org/x/text":                   "languages, collation, character sets",
	"golang.org/x/crypto":                 "argon2id",
	"github.com/go-webauthn/webauthn":     "passkeys",
	"github.com/descope/virtualwebauthn":  "an authenticator for tests",
	"rsc.io/qr":                           "QR codes without asking anybody",
	"github.com/wneessen/go-mail":         "messages by SMTP",
	"github.com/emersion/go-smtp":         "a mail server for tests",
	"github.com/emersion/go-sasl":         "how mail programs sign in, for the same",
	"golang.org/x/image":                  "pictures: WebP, scaling",
	"github.com/bep/imagemeta":            "what cameras write into pictures",
	"github.com/pdfcpu/pdfcpu":            "metadata of PDF files",
	"github.com/coreos/go-oidc/v3":        "identity providers",
	"golang.org/x/oauth2":                 "identity providers",
	"github.com/zitadel/oidc/v3":          "an identity provider for tests",
	"golang.org/x/net":                    "HTML parsing",
	"golang.org/x/sync":                   "errgroup and singleflight",
	"golang.org/x/sys":                    "memory use in benchmarks",
	"pgregory.net/rapid":                  "property tests",
	"github.com/google/go-cmp":            "differences in tests",
	"go.uber.org/goleak":                  "goroutine leaks in tests",
	"github.com/rogpeppe/go-internal":     "scripts that test the binary",
	"gonum.org/v1/gonum":                  "matrix decompositions",
	"github.com/blevesearch/snowballstem": "stemmers for search",
}

type listed struct {
	ImportPath, Name, Dir, Doc    string
	Imports, GoFiles, TestGoFiles []string
	Module                        *struct{ Path string }
}

func list(t *testing.T) []listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Name,Dir,Doc,Imports,GoFiles,TestGoFiles", "./...")
	cmd.Dir = ".."
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []listed
	dec := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// place returns the floor and rank of a package, and the list entry it matched.
func place(pkg string) (floor, rank int, entry string, ok bool) {
	best := -1
	for i, f := range floors {
		if (pkg == f.prefix || strings.HasPrefix(pkg, strings.TrimSuffix(f.prefix, "/")+"/")) &&
			(best < 0 || len(f.prefix) > len(floors[best].prefix)) {
			best = i
		}
	}
	if best < 0 {
		return 0, 0, "", false
	}
	return floors[best].floor, floors[best].rank, floors[best].prefix, true
}

// tool reports whether pkg is a build command beside the package it serves, or
// a test support package: neither is part of the binary.
func tool(p listed) bool {
	return p.Name == "main" && p.ImportPath != module+"cmd/peerscape" ||
		strings.HasSuffix(p.ImportPath, "test") || p.ImportPath == module+"internal"
}

func TestFloors(t *testing.T) {
	for _, p := range list(t) {
		pkg := strings.TrimPrefix(p.ImportPath, module)
		if tool(p) {
			continue
		}
		floor, rank, entry, ok := place(pkg)
		if !ok {
			t.Errorf("%s stands on no floor: add it to floors in internal/house_test.go, and to ARCHITECTURE.md", pkg)
			continue
		}
		for _, imp := range p.Imports {
			dep, ours := strings.CutPrefix(imp, module)
			if !ours {
				continue
			}
			f, r, e, ok := place(dep)
			switch {
			case !ok:
				t.Errorf("%s imports %s, which stands on no floor", pkg, dep)
			case f > floor:
				t.Errorf("%s (floor %d) imports %s (floor %d): dependencies point down", pkg, floor, dep, f)
			case f == floor && r > rank:
				t.Errorf("%s (floor %d, rank %d) imports %s (rank %d): within a floor they point down the ranks", pkg, floor, rank, dep, r)
			case f == floor && r == rank && e == entry && strings.HasSuffix(e, "/") && sibling(pkg, e) != sibling(dep, e):
				t.Errorf("%s imports its sibling %s: formats and clients stand apart", pkg, dep)
			}
		}
	}
}

func sibling(pkg, entry string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(pkg, entry), "/")
	return name
}

func TestFloorsFailOnAClimb(t *testing.T) {
	low, _, _, _ := place("internal/stats")
	high, _, _, _ := place("internal/face/web/atlas")
	if low >= high {
		t.Fatalf("stats on floor %d, face/web on %d: the test of floors would pass anything", low, high)
	}
	if _, rank, _, _ := place("internal/wire"); rank <= func() int { _, r, _, _ := place("internal/wire/tsv"); return r }() {
		t.Fatal("wire must rank above its formats")
	}
}

func TestPackagesSayWhatTheyAreFor(t *testing.T) {
	for _, p := range list(t) {
		if len(p.GoFiles) > 0 && strings.TrimSpace(p.Doc) == "" {
			t.Errorf("%s has no package comment", p.ImportPath)
		}
	}
}

func TestImportsStandWhereTheyBelong(t *testing.T) {
	for _, p := range list(t) {
		pkg := strings.TrimPrefix(p.ImportPath, module)
		for _, name := range p.GoFiles {
			file := filepath.Join(p.Dir, name)
			f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, spec := range f.Imports {
				imp := strings.Trim(spec.Path.Value, `"`)
				for _, o := range only {
					if imp == o.pkg && !tool(p) && !o.allow(pkg, file) {
						t.Errorf("%s/%s imports %s: %s", pkg, name, imp, o.why)
					}
				}
				if strings.Contains(strings.Split(imp, "/")[0], ".") && !allowed(imp) {
					t.Errorf("%s/%s imports %s, which is not on the list of third-party modules: add it with its reason, or do without", pkg, name, imp)
				}
			}
			if floor, _, _, ok := place(pkg); ok && floor < 5 && !tool(p) {
				clockAndChance(t, pkg+"/"+name, f)
			}
		}
	}
}

func allowed(imp string) bool {
	for m := range thirdParty {
		if imp == m || strings.HasPrefix(imp, m+"/") {
			return true
		}
	}
	return false
}

// clockAndChance reports uses of the wall clock and of global randomness:
// below the face they are passed in, so that tests decide what time it is.
func clockAndChance(t *testing.T, file string, f *ast.File) {
	t.Helper()
	global := []string{"Int", "IntN", "Int64", "Float64", "Shuffle", "Perm", "N", "Uint64", "Uint32"}
	ast.Inspect(f, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		x, ok := sel.X.(*ast.Ident)
		if !ok || x.Obj != nil {
			return true
		}
		if x.Name == "time" && (sel.Sel.Name == "Now" || sel.Sel.Name == "Since") {
			t.Errorf("%s uses time.%s: the clock is passed in", file, sel.Sel.Name)
		}
		if x.Name == "rand" && slices.Contains(global, sel.Sel.Name) {
			t.Errorf("%s uses global randomness rand.%s: it is passed in", file, sel.Sel.Name)
		}
		return true
	})
}

func TestNamesThatSayNothing(t *testing.T) {
	empty := []string{"utils", "util", "helpers", "helper", "common", "models", "misc", "core", "manager"}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		if slices.Contains([]string{".git", "node_modules", "dist", "bin"}, d.Name()) {
			return filepath.SkipDir
		}
		if slices.Contains(empty, d.Name()) {
			t.Errorf("%s: name the folder for what it knows", path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestFilesAreShort: above 500 lines a file gives its reason in the package
// comment, above 800 it is split.
func TestFilesAreShort(t *testing.T) {
	for _, p := range list(t) {
		for _, name := range slices.Concat(p.GoFiles, p.TestGoFiles) {
			if strings.HasSuffix(name, "_templ.go") {
				continue
			}
			b, err := os.ReadFile(filepath.Join(p.Dir, name))
			if err != nil {
				t.Fatal(err)
			}
			if n := strings.Count(string(b), "\n"); n > 500 {
				t.Errorf("%s/%s has %d lines: split it by noun", p.ImportPath, name, n)
			}
		}
	}
}
