package catalogue

// The rows of a framework file.
type (
	frameworkFile struct {
		Code      string            `toml:"code,omitempty"`
		Level     int               `toml:"level,omitzero"`
		Name      map[string]string `toml:"name,omitempty"`
		Note      map[string]string `toml:"note,omitempty"`
		Impute    []imputeRow       `toml:"impute,omitempty"`
		GroupBy   string            `toml:"group_by,omitempty"`
		Screen    screenRow         `toml:"screen,omitzero"`
		Treat     *allTreatRow      `toml:"treat,omitempty"`
		Normalise *normaliseRow     `toml:"normalise,omitempty"`
		Aggregate *aggregateRow     `toml:"aggregate,omitempty"`
		PerYear   bool              `toml:"per_year,omitempty"`
		Anchor    *anchorRow        `toml:"anchor,omitempty"`
		Group     []groupRow        `toml:"group,omitempty"`
		Indicator []memberRow       `toml:"indicator,omitempty"`
		Choice    []choiceRow       `toml:"choice,omitempty"`
		Record    *Record           `toml:"record,omitempty"`
	}
	imputeRow struct {
		Method     string  `toml:"method,omitempty"`
		Value      float64 `toml:"value,omitzero"`
		Limit      int     `toml:"limit,omitzero"`
		Tolerance  float64 `toml:"tolerance,omitzero"`
		Iterations int     `toml:"iterations,omitzero"`
	}
	screenRow struct {
		Share         float64 `toml:"share,omitzero"`
		ZeroIsMissing bool    `toml:"zero_is_missing,omitempty"`
		Coverage      float64 `toml:"coverage,omitzero"`
	}
	treatRow struct {
		Skew       float64 `toml:"skew,omitzero"`
		Kurtosis   float64 `toml:"kurtosis,omitzero"`
		Most       int     `toml:"most,omitzero"`
		Then       string  `toml:"then,omitempty"`
		Always     bool    `toml:"always,omitempty"`
		Lambda     float64 `toml:"lambda,omitzero"`
		FindLambda bool    `toml:"find_lambda,omitempty"`
	}
	allTreatRow struct {
		treatRow
		PerYear bool `toml:"per_year,omitempty"`
	}
	normaliseRow struct {
		Method     string    `toml:"method,omitempty"`
		From       float64   `toml:"from,omitzero"`
		To         float64   `toml:"to,omitzero"`
		Mean       float64   `toml:"mean,omitzero"`
		SD         float64   `toml:"sd,omitzero"`
		Population bool      `toml:"population,omitempty"`
		Subtract   float64   `toml:"subtract,omitzero"`
		Divide     float64   `toml:"divide,omitzero"`
		Low        float64   `toml:"low,omitzero"`
		High       float64   `toml:"high,omitzero"`
		CapLow     bool      `toml:"cap_low,omitempty"`
		CapHigh    bool      `toml:"cap_high,omitempty"`
		Unit       string    `toml:"unit,omitempty"`
		Target     *float64  `toml:"target,omitempty"`
		Share      float64   `toml:"share,omitzero"`
		Quantiles  []float64 `toml:"quantiles,omitempty"`
		Scores     []float64 `toml:"scores,omitempty"`
	}
	aggregateRow struct {
		Method    string    `toml:"method,omitempty"`
		Order     *float64  `toml:"order,omitempty"`
		Alpha     float64   `toml:"alpha,omitzero"`
		Beta      float64   `toml:"beta,omitzero"`
		Reward    bool      `toml:"reward,omitempty"`
		Positions []float64 `toml:"positions,omitempty"`
		Threshold float64   `toml:"threshold,omitzero"`
	}
	anchorRow struct {
		Group  string `toml:"group,omitempty"`
		Weight string `toml:"weight,omitempty"`
		Level  int    `toml:"level,omitzero"`
	}
	weighRow struct {
		Method      string               `toml:"method,omitempty"`
		Given       []float64            `toml:"given,omitempty"`
		Comparisons [][]float64          `toml:"comparisons,omitempty"`
		Covariance  bool                 `toml:"covariance,omitempty"`
		Pairwise    bool                 `toml:"pairwise,omitempty"`
		Limits      [][2]float64         `toml:"limits,omitempty"`
		Target      []float64            `toml:"target,omitempty"`
		Factors     int                  `toml:"factors,omitzero"`
		Eigenvalue  float64              `toml:"eigenvalue,omitzero"`
		Explained   float64              `toml:"explained,omitzero"`
		Shared      bool                 `toml:"shared,omitempty"`
		Attribute   string               `toml:"attribute,omitempty"`
		Sets        map[string][]float64 `toml:"sets,omitempty"`
	}
	groupRow struct {
		Code      string            `toml:"code,omitempty"`
		Parent    string            `toml:"parent,omitempty"`
		Name      map[string]string `toml:"name,omitempty"`
		Weight    *float64          `toml:"weight,omitempty"`
		Aggregate *aggregateRow     `toml:"aggregate,omitempty"`
		Weigh     *weighRow         `toml:"weigh,omitempty"`
	}
	memberRow struct {
		Code        string            `toml:"code,omitempty"`
		Parent      string            `toml:"parent,omitempty"`
		Name        map[string]string `toml:"name,omitempty"`
		Weight      *float64          `toml:"weight,omitempty"`
		Direction   Direction         `toml:"direction,omitempty"`
		Denominator string            `toml:"denominator,omitempty"`
		Factor      float64           `toml:"factor,omitzero"`
		Treat       *treatRow         `toml:"treat,omitempty"`
		Normalise   *normaliseRow     `toml:"normalise,omitempty"`
		For         []string          `toml:"for,omitempty"`
	}
	choiceRow struct {
		Name      string               `toml:"name,omitempty"`
		Most      []int                `toml:"most,omitempty"`
		Treat     []treatRow           `toml:"treat,omitempty"`
		Normalise []normaliseRow       `toml:"normalise,omitempty"`
		Aggregate []aggregateRow       `toml:"aggregate,omitempty"`
		Impute    []imputeRow          `toml:"impute,omitempty"`
		Noise     float64              `toml:"noise,omitzero"`
		Levels    []int                `toml:"levels,omitempty"`
		Sets      int                  `toml:"sets,omitzero"`
		Weights   []map[string]float64 `toml:"weights,omitempty"`
		Doubt     float64              `toml:"doubt,omitzero"`
		Omit      bool                 `toml:"omit,omitempty"`
	}
)
