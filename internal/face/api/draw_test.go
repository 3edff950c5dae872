package api_test

import (
	"bufio"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"

	"peerscape/data"
	"peerscape/internal/app/apptest"
	"peerscape/internal/face/api"
	"peerscape/internal/nuts"
	"peerscape/internal/sharedtest"
)

// drawn is one number as it stands in a raw file.
type drawn struct {
	dataset, region, period, text string
	codes                         map[string]string
}

// TestNumbersOfTheRawFiles draws numbers from the published files, read here by
// the plainest means, and asks the interface for each.
func TestNumbersOfTheRawFiles(t *testing.T) {
	sharedtest.Path(t, "data", "eurostat")
	const draws = 100
	srv, _ := server(t)
	app := apptest.Open(t)
	filters := map[string][]map[string]string{}
	for _, i := range app.Catalogue.Indicators() {
		for _, s := range i.Sources {
			filters[s.Dataset] = append(filters[s.Dataset], s.Filter)
		}
	}
	var pools [][]drawn
	for _, d := range recipe(t) {
		for _, file := range d.Files {
			var pool []drawn
			for _, n := range numbers(t, d.Code, sharedtest.Path(t, append([]string{"data", "eurostat"}, strings.Split(file, "/")...)...)) {
				shipped := app.Regions.Kind(nuts.Canonical(n.region)) != nuts.Unknown && !strings.HasPrefix(n.region, "UK")
				if shipped && slices.ContainsFunc(filters[d.Code], n.fits) {
					pool = append(pool, n)
				}
			}
			if len(pool) > 0 {
				pools = append(pools, pool)
			}
		}
	}
	if len(pools) < 20 {
		t.Fatalf("%d files could be read, want at least 20", len(pools))
	}
	random := rand.New(rand.NewPCG(2026, 11))
	for range draws {
		pool := pools[random.IntN(len(pools))]
		n := pool[random.IntN(len(pool))]
		want, err := strconv.ParseFloat(n.text, 64)
		if err != nil {
			t.Fatalf("%+v: %v", n, err)
		}
		dims := dimensions(t, srv.URL, n.dataset)
		var key []string
		for _, d := range dims {
			key = append(key, n.codes[d])
		}
		q := url.Values{"key": {strings.Join(key, ".")}, "region": {n.region}}
		res, b := get(t, srv.URL+api.Base+"/datasets/"+n.dataset+"/series?"+q.Encode())
		if res.StatusCode != 200 {
			t.Errorf("%+v: status %d: %s", n, res.StatusCode, b)
			continue
		}
		var got api.Series
		if err := json.Unmarshal(b, &got); err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(got.Points, func(p api.Point) bool { return p.Period == n.period })
		if i < 0 || got.Points[i].Value == nil || *got.Points[i].Value != want {
			t.Errorf("%s %v %s %s: the file says %s, the interface %+v", n.dataset, n.codes, n.region, n.period, n.text, got.Points)
		}
	}
}

func (n drawn) fits(filter map[string]string) bool {
	for dim, code := range filter {
		if has, ok := n.codes[dim]; ok && has != code {
			return false
		}
	}
	return true
}

// ingredient is a dataset of the recipe. Figures behind maps and tables of
// several datasets are no published layout: they are read by their own tests.
type ingredient struct {
	Code        string
	Files, Keep []string
}

func recipe(t *testing.T) []ingredient {
	t.Helper()
	b, err := fs.ReadFile(data.Catalogue(), "snapshot.toml")
	if err != nil {
		t.Fatal(err)
	}
	var r struct{ Dataset []ingredient }
	if err := toml.Unmarshal(b, &r); err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(r.Dataset, func(d ingredient) bool { return d.Keep != nil || strings.HasPrefix(d.Code, "ryb2026_") })
}

var known = map[string][]string{}

// dimensions asks for the order of a dataset's dimensions by a wrong key.
func dimensions(t *testing.T, base, dataset string) []string {
	t.Helper()
	if d, ok := known[base+dataset]; ok {
		return d
	}
	_, b := get(t, base+api.Base+"/datasets/"+dataset+"/series?key=a.b.c.d.e.f.g.h.i.j.k&region=FI")
	m := regexp.MustCompile(`has the dimensions ([a-z0-9_, ]*)\.`).FindStringSubmatch(string(b))
	if m == nil {
		t.Fatalf("no dimensions in %s", b)
	}
	known[base+dataset] = strings.Split(m[1], ", ")
	return known[base+dataset]
}

var plainNumber = regexp.MustCompile(`^-?\d+(\.\d+)?$`)

// numbers reads a raw file without any of our decoders.
func numbers(t *testing.T, dataset, path string) []drawn {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	in := bufio.NewReader(r)
	first, err := in.Peek(200)
	if err != nil && len(first) == 0 {
		t.Fatal(err)
	}
	head, _, _ := strings.Cut(string(first), "\n")
	if strings.Contains(head, `\`) || !strings.Contains(strings.ToLower(head), "time") {
		return wideNumbers(t, dataset, in)
	}
	return longNumbers(t, dataset, in)
}

func wideNumbers(t *testing.T, dataset string, r io.Reader) (out []drawn) {
	t.Helper()
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	var dims, periods []string
	for lines.Scan() {
		line := lines.Text()
		cells := strings.Split(strings.ReplaceAll(line, "\t", ","), ",")
		if dims == nil {
			for i, c := range cells {
				name, _, last := strings.Cut(strings.TrimSpace(c), `\`)
				dims = append(dims, name)
				if last || name == "geo" {
					periods = cells[i+1:]
					break
				}
			}
			continue
		}
		codes := map[string]string{}
		for i, d := range dims[:len(dims)-1] {
			codes[d] = cells[i]
		}
		for i, c := range cells[len(dims):] {
			number := strings.TrimRight(strings.TrimSpace(c), "bcdefnprsuz ")
			if plainNumber.MatchString(number) {
				out = append(out, drawn{dataset, cells[len(dims)-1], strings.TrimSpace(periods[i]), number, codes})
			}
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

func longNumbers(t *testing.T, dataset string, r io.Reader) (out []drawn) {
	t.Helper()
	table := csv.NewReader(r)
	head, err := table.Read()
	if err != nil {
		t.Fatal(err)
	}
	for {
		row, err := table.Read()
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		n := drawn{dataset: dataset, codes: map[string]string{}}
		for i, name := range head {
			switch strings.ToLower(name) {
			case "geo":
				n.region = row[i]
			case "time", "time_period":
				if n.period == "" {
					n.period = row[i]
				}
			case "values", "obs_value":
				n.text = row[i]
			default:
				n.codes[name] = row[i]
			}
		}
		if plainNumber.MatchString(n.text) {
			out = append(out, n)
		}
	}
}
