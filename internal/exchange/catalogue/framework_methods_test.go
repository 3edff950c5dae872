package catalogue_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"peerscape/internal/engine/composite"
	"peerscape/internal/engine/composite/aggregate"
	"peerscape/internal/engine/composite/impute"
	"peerscape/internal/engine/composite/normalise"
	"peerscape/internal/engine/composite/treat"
	"peerscape/internal/engine/composite/weigh"
	"peerscape/internal/exchange/catalogue"
	"peerscape/internal/fault"
	"peerscape/internal/wire/wide"
)

// methodsTable has a cell missing and a value far out; z is turned.
const methodsTable = `unit,country,x,y,z
A,N,1,40,7
B,N,2,30,5
C,N,4,20,4
D,S,5,,6
E,S,7,10,2
F,S,90,25,1
`

// methodsPanel has a year and a half more.
const methodsPanel = `unit,year,country,x,y,z
A,2020,N,1,40,7
B,2020,N,2,30,5
C,2020,N,4,20,4
D,2020,S,5,,6
E,2020,S,7,10,2
F,2020,S,90,25,1
A,2021,N,2,41,8
B,2021,N,3,31,6
C,2021,N,5,21,5
D,2021,S,6,15,7
E,2021,S,8,11,3
F,2021,S,91,26,2
D,2022,S,7,16,8
`

// methodsFramework takes what stands above and below its hierarchy.
func methodsFramework(top, index string) string {
	return "code = \"m\"\ngroup_by = \"country\"\n" + top + "\n[[group]]\ncode = \"index\"\n" + index + `
[[indicator]]
code = "x"
parent = "index"
direction = "more"
[[indicator]]
code = "y"
parent = "index"
direction = "more"
[[indicator]]
code = "z"
parent = "index"
direction = "less"
`
}

// tried computes a framework over a table, from text to ranks.
func tried(t *testing.T, framework, table string) (*composite.Result, error) {
	t.Helper()
	w, err := wide.Read(strings.NewReader(table), "t.csv")
	if err != nil {
		t.Fatal(err)
	}
	f, err := catalogue.ReadFramework("f.toml", framework, nil)
	if err != nil {
		return nil, err
	}
	p, err := composite.New(&f.Framework, tableOf(w))
	if err != nil {
		return nil, err
	}
	return p.Compute()
}

// refusal says that an error is a fault with a key, a cure and the words.
func refusal(t *testing.T, err error, key, words string) {
	t.Helper()
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Kind != fault.Invalid || f.Key != key || f.Cure == "" || !strings.Contains(f.Error(), words) {
		t.Errorf("got %+v (%v)\nwant a refusal with the key %s, a cure, and %q", f, err, key, words)
	}
}

// COINr 1.1.14: Copeland failed when called through the front end, and a choice
// that could not apply was passed over. Here every method that a file can name
// runs from the file to a rank, or is refused with the reason.
func TestEveryMethodThroughAFile(t *testing.T) {
	with := map[string]string{ // what a method needs beside its name
		"normalise goalposts": "low = 0\nhigh = 100", "normalise log-goalposts": "low = 0.5\nhigh = 100", "normalise scaled": "subtract = 1\ndivide = 2",
		"normalise distance-target": "target = 100", "normalise z-score": "mean = 10\nsd = 2", "normalise min-max": "from = 1\nto = 100",
		"normalise mean-bands": "share = 0.5", "normalise quantile-bands": "share = 0.25", "normalise categorical": "quantiles = [0.5]\nscores = [0, 100]",
		"aggregate power": "order = 0.5", "aggregate mean-min": "alpha = 0.5\nbeta = 1", "aggregate owa": "positions = [0.5, 0.3, 0.2]",
		"normalise distance-reference": "unit = \"C\"", "impute fixed": "value = 1", "impute carry-forward": "limit = 1", "impute carry-backward": "limit = 2",
		"weigh factor": "explained = 0.9\nshared = true",
		"weigh given":  "given = [1, 2, 3]", "weigh ahp": "comparisons = [[1, 2, 4], [0.5, 1, 2], [0.25, 0.5, 1]]", "weigh optimised": "target = [1, 1, 1]",
		"weigh benefit-of-the-doubt": "limits = [[0.2, 0.6], [0.2, 0.6], [0.2, 0.6]]",
		"weigh by-attribute":         "attribute = \"country\"\nsets = { N = [1, 1, 2], S = [2, 1, 1] }",
	}
	const mean = "[[impute]]\nmethod = \"mean\"\n"
	const low = "[normalise]\nfrom = 1\nto = 100\n"
	more := func(m string) bool { // cannot be turned round, or measure from one value of all
		return strings.HasPrefix(m, "ratio-") || strings.HasPrefix(m, "change-") || strings.HasPrefix(m, "distance-")
	}
	// Members that say alike, once z is turned, so that no loading is negative.
	const alike = "unit,country,x,y,z\nA,N,1,15,7\nB,N,2,10,5\nC,N,4,30,4\nD,S,5,25,6\nE,S,7,20,2\nF,S,9,40,1\n"
	kinds := []struct {
		name    string
		methods []string
		text    func(method, with string) string
		table   string
	}{
		{"normalise", normalise.Methods(), func(m, with string) string {
			text := methodsFramework(mean+fmt.Sprintf("[normalise]\nmethod = %q\n%s", m, with), "")
			if more(m) {
				text = strings.ReplaceAll(text, `"less"`, `"more"`)
			}
			return text
		}, methodsTable},
		{"aggregate", aggregate.Methods(), func(m, with string) string {
			return methodsFramework(mean+low+fmt.Sprintf("[aggregate]\nmethod = %q\n%s", m, with), "")
		}, methodsTable},
		{"impute", impute.Methods(), func(m, with string) string {
			return methodsFramework(low+fmt.Sprintf("[[impute]]\nmethod = %q\n%s", m, with), "")
		}, methodsPanel},
		{"treat", treat.Transforms(), func(m, with string) string {
			return methodsFramework(mean+low+fmt.Sprintf("[treat]\nskew = 2\nkurtosis = 3.5\nthen = %q\n%s", m, with), "")
		}, methodsTable},
		{"weigh", weigh.Methods(), func(m, with string) string {
			return methodsFramework(mean+low, fmt.Sprintf("[group.weigh]\nmethod = %q\n%s", m, with))
		}, alike},
	}
	n := 0
	for _, k := range kinds {
		for _, m := range k.methods {
			n++
			t.Run(k.name+" "+m, func(t *testing.T) {
				r, err := tried(t, k.text(m, with[k.name+" "+m]), k.table)
				if err != nil {
					t.Fatal(err)
				}
				best := 0
				for i, rank := range r.Ranks {
					if math.IsNaN(rank) || math.IsInf(r.Index()[i], 0) {
						t.Errorf("%s has rank %g and score %g", r.Rows[i], rank, r.Index()[i])
					}
					if rank == 1 {
						best++
					}
				}
				if best == 0 {
					t.Error("nobody is first")
				}
			})
		}
	}
	t.Logf("%d methods, each by its name in a file", n)
}

// A method that cannot apply is refused with the reason, not passed over.
func TestMethodsThatCannotApply(t *testing.T) {
	const mean = "[[impute]]\nmethod = \"mean\"\n"
	for _, c := range []struct{ name, top, index, table, key, words string }{
		{"zero under a geometric mean", mean + "[aggregate]\nmethod = \"geometric\"", "", methodsTable, "engine.value", "the geometric mean of index cannot take the score 0 of x for A"},
		{"negative under a harmonic mean", mean + "[normalise]\nmethod = \"z-score\"\n[aggregate]\nmethod = \"harmonic\"", "", methodsTable, "engine.value", "harmonic mean of index"},
		{"negative under a logarithm", mean + "[treat]\nalways = true\nthen = \"log\"", "", strings.Replace(methodsTable, "A,N,1,", "A,N,-1,", 1), "engine.not-positive", "x"},
		{"interpolation without years", "[[impute]]\nmethod = \"interpolate\"", "", methodsTable, "engine.no-period", ""},
		{"groups without attribute", "group_by = \"land\"\n[[impute]]\nmethod = \"group-mean\"", "", methodsTable, "engine.no-attribute", "land"},
		{"positions of another number", mean + "[aggregate]\nmethod = \"owa\"\npositions = [1]", "", methodsTable, "engine.positions", "1 position weights for 3 members"},
		{"comparisons of another number", mean, "[group.weigh]\nmethod = \"ahp\"\ncomparisons = [[1, 2], [0.5, 1]]", methodsTable, "engine.comparison-shape", "3 members"},
		{"a matrix that is no comparison", mean, "[group.weigh]\nmethod = \"ahp\"\ncomparisons = [[1, 2, 3], [2, 1, 1], [3, 1, 1]]", methodsTable, "engine.comparison-not-reciprocal", "y with x"},
		{"a treatment without threshold", mean + "[treat]\nmost = 5", "", methodsTable, "engine.treatment", "no threshold"},
		{"an attribute without its weights", mean, "[group.weigh]\nmethod = \"by-attribute\"\nattribute = \"country\"\nsets = { N = [1, 1, 1] }", methodsTable, "engine.weight-set", "D: there is no set"},
		{"a ratio turned round", mean + "[normalise]\nmethod = \"ratio-mean\"", "", methodsTable, "engine.no-turn", "z"},
		{"a negative loading", mean, "[group.weigh]\nmethod = \"pca\"", methodsTable, "engine.negative-loading", "y"},
		{"carrying for ever", "[[impute]]\nmethod = \"carry-forward\"", "", methodsTable, "engine.imputation-parameter", "no limit"},
		{"no unit to measure from", mean + "[normalise]\nmethod = \"distance-reference\"", "", methodsTable, "engine.no-reference", "names no unit"},
		{"an unknown unit to measure from", mean + "[normalise]\nmethod = \"distance-reference\"\nunit = \"G\"", "", methodsTable, "engine.no-reference", `"G"`},
		{"a unit to measure from in a panel", mean + "[normalise]\nmethod = \"distance-reference\"\nunit = \"A\"", "", methodsPanel, "engine.reference-panel", "every period"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := methodsFramework(c.top, c.index)
			if strings.Contains(c.top, "group_by") {
				text = strings.Replace(text, "group_by = \"country\"\n", "", 1)
			}
			_, err := tried(t, text, c.table)
			refusal(t, err, c.key, c.words)
		})
	}
}

// Every kind of bad input through a file: each a key of its own.
func TestBadInputThroughAFile(t *testing.T) {
	plain := strings.Replace(methodsFramework("[[impute]]\nmethod = \"mean\"\n", ""), "group_by = \"country\"\n", "", 1)
	column := func(values string) string { // x with other values
		out, v := "unit,x,y,z\n", strings.Fields(values)
		for i := range v {
			out += fmt.Sprintf("%c,%s,%d,%d\n", 'A'+i, strings.Trim(v[i], "_"), i*i+1, 9-i)
		}
		return out
	}
	seen := map[string]string{}
	for _, c := range []struct{ name, framework, table, key, words string }{
		{"a circle in the hierarchy", plain + "[[group]]\ncode = \"a\"\nparent = \"b\"\n[[group]]\ncode = \"b\"\nparent = \"a\"\n", methodsTable, "engine.cycle", "a is part of b is part of a"},
		{"an indicator that the table has not", plain + "[[indicator]]\ncode = \"w\"\nparent = \"index\"\ndirection = \"more\"\n", methodsTable, "engine.no-column", "w"},
		{"an indicator that is all missing", plain, column("_ _ _ _"), "engine.no-data", "x"},
		{"all values equal", plain, column("5 5 5 5"), "engine.constant", "x"},
		{"a negative value under a geometric mean", methodsFramework("[normalise]\nmethod = \"scaled\"\ndivide = 1\n[aggregate]\nmethod = \"geometric\"\n", ""), column("1 -2 3 4"), "engine.value", "-9 of z for A"},
		{"one unit", plain, column("1"), "engine.one-unit", "A"},
		{"weights that sum to zero", strings.ReplaceAll(plain, "parent = \"index\"\n", "parent = \"index\"\nweight = 0\n"), methodsTable, "engine.no-weight", "index"},
		{"a unit twice", plain, "unit,x,y,z\nA,1,2,3\nA,2,3,4\n", "engine.twice", "A"},
		{"a weight below zero", strings.Replace(plain, "parent = \"index\"\n", "parent = \"index\"\nweight = -1\n", 1), methodsTable, "engine.weight", "x"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := tried(t, c.framework, c.table)
			refusal(t, err, c.key, c.words)
			if other, twice := seen[c.key]; twice {
				t.Errorf("the key %s is that of %s too", c.key, other)
			}
			seen[c.key] = c.name
		})
	}
}
