package wide_test

import (
	"math"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"peerscape/internal/fault"
	"peerscape/internal/sharedtest"
	"peerscape/internal/stats"
	"peerscape/internal/wire/wide"
)

func TestRead(t *testing.T) {
	nan := math.NaN()
	want := &wide.Table{
		Units:   []string{"A", "B"},
		Numbers: []wide.Numbers{{"gdp", []float64{1.5, nan}}, {"rate", []float64{-2, 1000}}},
		Texts:   []wide.Text{{"group", []string{"north", "south"}}},
	}
	panel := &wide.Table{
		Units: []string{"A", "A"}, Periods: []stats.Period{stats.Year(2022), stats.Year(2023)},
		Numbers: []wide.Numbers{{"gdp", []float64{1, 2}}},
	}
	for _, c := range []struct {
		name, text string
		want       *wide.Table
	}{
		{"commas", "unit,gdp,rate,group\nA,1.5,-2,north\nB,,1e3,south\n", want},
		{"semicolons and decimal commas", "unit;gdp;rate;group\r\nA;1,5;-2;north\r\nB;NA;1000;south\r\n", want},
		{"tabs, byte order mark, blank line", "\ufeffunit\tgdp\trate\tgroup\n\nA\t1.5\t-2\tnorth\n\t\t\t\nB\t:\t1000\tsouth\n", want},
		{"quotes", "\"unit\",\"gdp\",\"rate\",\"group\"\n\"A\",\"1.5\",\"-2\",\"north\"\n\"B\",\"-\",\"1000\",\"south\"\n", want},
		{"the unit stands second", "name,code,x\nFinland,FI,3\n", &wide.Table{
			Units: []string{"FI"}, Numbers: []wide.Numbers{{"x", []float64{3}}}, Texts: []wide.Text{{"name", []string{"Finland"}}},
		}},
		{"a panel", "unit,time,gdp\nA,2022,1\nA,2023,2\n", panel},
		{"an empty column is of numbers", "unit,x\nA,\nB,\n", &wide.Table{Units: []string{"A", "B"}, Numbers: []wide.Numbers{{"x", []float64{nan, nan}}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := wide.Read(strings.NewReader(c.text), "t.csv")
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, got, cmpopts.EquateNaNs()); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"nothing", "", "t.csv, line 1: the first line does not name at least two columns. Write a heading, with a comma, a semicolon or a tab between the names"},
		{"a heading alone", "unit,x\n", "t.csv, line 2: there is no row below the heading. Add one row a unit"},
		{"a text in a number", "unit,x\nA,1\nB,2\nC,six\n", `t.csv, line 4, column 2: "six" in the column x is no number. Write a number such as 12.5, or leave the cell empty`},
		{"infinity", "unit,x\nA,1\nB,Inf\n", `t.csv, line 3, column 2: "Inf" in the column x is no number. Write a number such as 12.5, or leave the cell empty`},
		{"a short row", "unit,x,y\nA,1\n", "t.csv, line 2: the row has not as many cells as the heading. Give it one cell a column"},
		{"an open quote", "unit,x\n\"A,1\n", "t.csv, line 2: the file is no CSV. Save it again as CSV"},
		{"a heading twice", "unit,x,x\nA,1,2\n", `t.csv, line 1, column 3: the heading "x" is empty or stands twice. Give each column a name of its own`},
		{"no unit", "unit,x\nA,1\n,2\n", "t.csv, line 3, column 1: the row names no unit. Fill the column unit"},
		{"no period", "unit,year,x\nA,last,1\n", `t.csv, line 2, column 2: "last" is no period. Write a year such as 2023`},
		{"not UTF-8", "unit,x\nM\xfcnchen,1\n", "t.csv: the file is not written in UTF-8. Save it again as CSV UTF-8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := wide.Read(strings.NewReader(c.text), "t.csv")
			if err == nil || err.Error() != c.want || fault.KindOf(err) != fault.Invalid {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}

// The reference case of 51 economies reads as it is.
func TestReadASEM(t *testing.T) {
	f, err := os.Open(sharedtest.Path(t, "cases", "coinr-asem", "iData_raw.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	got, err := wide.Read(f, "iData_raw.csv")
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Units) != 51 || got.Units[0] != "AUT" || len(got.Numbers) != 53 || len(got.Texts) != 5 || len(got.Periods) != 51 {
		t.Errorf("%d units from %s, %d columns of numbers, %d of text, %d periods", len(got.Units), got.Units[0], len(got.Numbers), len(got.Texts), len(got.Periods))
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("unit,gdp,group\nA,1.5,north\nB,,south\n"))
	f.Add([]byte("unit;time;gdp\nA;2022;1,5\n"))
	f.Add([]byte("\ufeffa\tb\n\"\t"))
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := wide.Read(strings.NewReader(string(text)), "t.csv")
		if err != nil {
			if k := fault.KindOf(err); k != fault.Invalid && k != fault.TooLarge {
				t.Fatalf("%v has the kind %s", err, k)
			}
			return
		}
		for _, c := range got.Numbers {
			if len(c.Values) != len(got.Units) {
				t.Fatalf("column %s has %d values for %d units", c.Code, len(c.Values), len(got.Units))
			}
			for _, v := range c.Values {
				if math.IsInf(v, 0) {
					t.Fatalf("column %s is infinite", c.Code)
				}
			}
		}
	})
}
