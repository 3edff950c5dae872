package composite

import "math"

// keepDoubt brings the standard errors of values into the scale and order of the
// prepared columns: a denominator divides them too.
func (p *Plan) keepDoubt(before [][]float64) {
	for j := range p.framework.Indicators {
		c, err := p.table.column(p.tree.codes[j], "")
		if err != nil || c.Doubt == nil || p.absent[j] {
			continue
		}
		column, any := make([]float64, len(p.kept)), false
		for k, i := range p.kept {
			if d := c.Doubt[i] * p.divisor(j, i); d > 0 && !math.IsNaN(before[j][i]) {
				column[k], any = d, true
			}
		}
		if any {
			p.doubts = append(p.doubts, doubts{j, column})
		}
	}
}

// divisor returns what denomination multiplied a cell with, 1 where there is none;
// of no meaning where the cell was lost.
func (p *Plan) divisor(indicator, row int) float64 {
	i := &p.framework.Indicators[indicator]
	if i.Denominator == "" {
		return 1
	}
	by, err := p.table.column(i.Denominator, i.Code)
	if err != nil {
		return math.NaN()
	}
	factor := i.Factor
	if factor == 0 {
		factor = 1
	}
	return math.Abs(factor) / by.Values[row]
}

// doubts are the standard errors of an indicator, 0 where a value is sure.
type doubts struct {
	indicator int
	error     []float64
}
