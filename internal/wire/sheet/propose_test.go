package sheet

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestProposals checks what a person is told and asked about a table.
func TestProposals(t *testing.T) {
	for name, c := range map[string]struct {
		in       string
		note     string // part of the notes
		question string // part of the questions
		values   []ValueColumn
		columns  []DimensionCol
	}{
		"1,234 is asked": {
			"geo;2021\nFI1C6;1,234\nSE110;5,678\n", "", `Is "1,234" the number 1.234 or 1234?`, []ValueColumn{{Column: 2, Period: "2021"}}, nil,
		},
		"a third figure decides": {"geo;2021\nFI1C6;1,234\nSE110;5,6\n", "", "", []ValueColumn{{Column: 2, Period: "2021"}}, nil},
		"GR": {
			"geo,2021\nGR30,1\nUKI3,2\n", "Greece stands as GR; it is read as EL.", "", []ValueColumn{{Column: 2, Period: "2021"}}, nil,
		},
		"what is left out": {
			"geo,name,country,2021\nFI1C6,Päijät-Häme,FI,1\nSE110,Stockholm,SE,2\n", "Not read: name, country.", "", []ValueColumn{{Column: 4, Period: "2021"}}, nil,
		},
		"no year": {"geo,rate\nFI1C6,1\nSE110,2\n", "", "Which year", []ValueColumn{{Column: 2}}, nil},
		"repeated": {
			"geo,2021\nFI1C6,1\nSE110,2\nFI1C6,3\n", "", "FI1C6 stands in the rows 2 and 4", []ValueColumn{{Column: 2, Period: "2021"}}, nil,
		},
		"regions in columns": {
			"year,FI1C6,GR30\n2020,1,2\n2021,3,4\n", "read as EL", "", []ValueColumn{{Column: 2, Region: "FI1C6"}, {Column: 3, Region: "GR30"}}, nil,
		},
		"dates in columns": {
			"year,Dec-01,FI1C6\n2020,1,2\n2021,3,4\n", "", `"Dec-01" is a date that a spreadsheet made of a region code. Is it DEC01?`,
			[]ValueColumn{{Column: 2, Region: "Dec-01"}, {Column: 3, Region: "FI1C6"}},
			nil,
		},
		"unit of a long table": {
			"geo,unit,time,value\nFI1C6,PC,2020,1\nFI1C6,PC,2021,2\n", "", "", []ValueColumn{{Column: 4}}, []DimensionCol{{ID: "unit", Column: 2}},
		},
		"label of a long table": {
			"geo,name,time,value\nFI1C6,a,2020,1\nFI1C6,a,2021,2\nSE110,b,2020,1\nSE110,b,2021,2\n", "Not read: name.", "", []ValueColumn{{Column: 4}}, nil,
		},
		"dimension of a wide table": {
			"geo,sex,2021\nFI1C6,F,1\nFI1C6,M,2\nSE110,F,3\nSE110,M,4\n", "", "", []ValueColumn{{Column: 3, Period: "2021"}}, []DimensionCol{{ID: "sex", Column: 2}},
		},
		"quarters of a year": {"geo,Q1,Q2\nFI1C6,1,2\nSE110,3,4\n", "", "Which year", []ValueColumn{{Column: 2, Part: "Q1"}, {Column: 3, Part: "Q2"}}, nil},
		"years with letters": {"geo,X2020,X2021\nFI1C6,1,2\nSE110,3,4\n", "", "", []ValueColumn{{Column: 2, Period: "2020"}, {Column: 3, Period: "2021"}}, nil},
		"merged in CSV": {
			"geo,2020,,2021,\n,men,women,men,women\nFI1C6,1,2,3,4\nSE110,3,4,5,6\n", "", "",
			[]ValueColumn{
				{Column: 2, Period: "2020", Dimension: "measure", Code: "men"},
				{Column: 3, Period: "2020", Dimension: "measure", Code: "women"},
				{Column: 4, Period: "2021", Dimension: "measure", Code: "men"},
				{Column: 5, Period: "2021", Dimension: "measure", Code: "women"},
			},
			nil,
		},
		"accents in a measure": {
			"geo,Väkiluku,Pinta-ala\nFI1C6,1.5,2\nSE110,3,4\n", "", "Which year",
			[]ValueColumn{{Column: 2, Dimension: "measure", Code: "vakiluku"}, {Column: 3, Dimension: "measure", Code: "pinta_ala"}},
			nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := Propose(strings.NewReader(c.in), "t.csv", Options{})
			if err != nil {
				t.Fatal(err)
			}
			questions := fmt.Sprint(p.Questions)
			if !strings.Contains(strings.Join(p.Notes, " "), c.note) || !strings.Contains(questions, c.question) || c.question == "" && len(p.Questions) > 0 {
				t.Errorf("notes %v, questions %v", p.Notes, questions)
			}
			if d := cmp.Diff(c.values, p.Mapping.Values) + cmp.Diff(c.columns, p.Mapping.Columns); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestDamaged lists what spreadsheets make of DEC01 to DEC06.
func TestDamaged(t *testing.T) {
	for in, want := range map[string]string{
		"Dec-01": "DEC01", "01-Dec": "DEC01", "6-Dec": "DEC06", "dec 02": "DEC02", "2001-12-01": "DEC01", "2026-12-05": "DEC05",
		"2003-12-01 00:00:00": "DEC03", "37226": "DEC01", // 1 December 2001
		"Jan-01": "", "Nov-02": "", "DEC01": "", "FI1C6": "", "2020": "", "": "", "2001-13-01": "",
	} {
		if got := damaged(in); got != want {
			t.Errorf("damaged(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestShapesOfCodes(t *testing.T) {
	for in, want := range map[string]bool{
		"FI1C6": true, "FI": true, "DEB1A": true, "PT16B": true, "UKM7": true, "ITG2D": true, "FRK2": true, "EU27_2020": true, "EA20": true, "DE_TOT": true,
		"ESZZ": true, "FRZZZ": true, "FI001MC": true, "fi1c6": true, "EL30": true, "GR30": true,
		"TIME": false, "SEX": false, "SIZE": false, "ISCED": false, "UNIT": false, "MEAN": false, "TRUE": false, "no": false, "it": false, "": false, "FI1C67": false,
	} {
		if got := looksLike(in); got != want {
			t.Errorf("looksLike(%q) = %v", in, got)
		}
	}
}

func TestPeriodsAsPeopleWriteThem(t *testing.T) {
	for in, want := range map[string]string{
		"2020": "2020", "2020.0": "2020", "2020 Q1": "2020-Q1", "2020q3": "2020-Q3", "Q2 2021": "2021-Q2", "S1/2021": "2021-S1", "3/2021": "2021-03",
		"12.2021": "2021-12", "January 2020": "2020-01", "Sep 2020": "2020-09", "13/2021": "", "last year": "", "": "", "20": "",
	} {
		p, ok := periodOf(in)
		if p.String() != want || ok != (want != "") {
			t.Errorf("periodOf(%q) = %v, %v", in, p, ok)
		}
	}
}

func TestLabelsStandBesideCodes(t *testing.T) {
	p, _ := proposed(t, "region,2021\nFI1C6 Päijät-Häme,1\nStockholms län (SE110),2\n", "")
	r, err := NewReader(strings.NewReader("region,2021\nFI1C6 Päijät-Häme,1\nStockholms län (SE110),2\n"), "t.csv", p.Mapping, Options{})
	if err != nil {
		t.Fatal(err)
	}
	lines(t, r)
	if d := cmp.Diff(map[string]string{"FI1C6": "Päijät-Häme", "SE110": "Stockholms län"}, r.Header().Labels["geo"]); d != "" {
		t.Error(d)
	}
}
