package impute

// Screening says which units have figures enough.
type Screening struct {
	// Share of the columns, from 0 to 1, that a row must have to be kept.
	Share float64

	// ZeroIsMissing counts a zero as if there were none: for figures that are 0
	// where nobody reported.
	ZeroIsMissing bool
}

// Left is a row that Screen leaves out, with what it has. The reason is always
// the same: Counted of Columns is less than the share asked for.
type Left struct {
	Row     int
	Present int     // columns with a value
	Zeros   int     // of those with a value
	Counted int     // Present, less Zeros where they count as missing
	Columns int     // of the table
	Share   float64 // Counted of Columns
}

// Screen returns the rows that are kept and those that are left out, each in the
// order of the table. It refuses a share outside 0 to 1 and a share so high that
// no row is kept.
func Screen(table [][]float64, s Screening) (kept []int, left []Left, err error) {
	if !(s.Share >= 0 && s.Share <= 1) {
		return nil, nil, refuse("engine.share", "the share of columns that a unit needs is %v", s.Share).Do("Write a share from 0 to 1, such as 0.65")
	}
	d := Data{Table: table}
	if err := d.check(); err != nil {
		return nil, nil, err
	}
	for i := range table[0] {
		row := Left{Row: i, Columns: len(table)}
		for _, x := range table {
			switch v := x[i]; {
			case v == 0:
				row.Zeros++
				row.Present++
			case v == v:
				row.Present++
			}
		}
		row.Counted = row.Present
		if s.ZeroIsMissing {
			row.Counted -= row.Zeros
		}
		row.Share = float64(row.Counted) / float64(row.Columns)
		if row.Share >= s.Share {
			kept = append(kept, i)
		} else {
			left = append(left, row)
		}
	}
	if len(kept) == 0 {
		return nil, left, refuse("engine.none-kept", "no unit has %g %% of the %d columns", 100*s.Share, len(table)).
			Do("Ask for a lower share, or fill missing cells first")
	}
	return kept, left, nil
}

// Keep returns a table of the given rows alone.
func Keep(table [][]float64, rows []int) [][]float64 {
	out, all := make([][]float64, len(table)), make([]float64, len(table)*len(rows))
	for j, x := range table {
		out[j], all = all[:len(rows):len(rows)], all[len(rows):]
		for to, from := range rows {
			out[j][to] = x[from]
		}
	}
	return out
}
