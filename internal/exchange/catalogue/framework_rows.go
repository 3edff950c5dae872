package catalogue

// The rows of a framework file.
type (
	frameworkFile struct {
		Code      string            `toml:"code"`
		Level     int               `toml:"level"`
		Name      map[string]string `toml:"name"`
		Note      map[string]string `toml:"note"`
		Impute    []imputeRow       `toml:"impute"`
		GroupBy   string            `toml:"group_by"`
		Screen    screenRow         `toml:"screen"`
		Treat     *allTreatRow      `toml:"treat"`
		Normalise *normaliseRow     `toml:"normalise"`
		Aggregate *aggregateRow     `toml:"aggregate"`
		PerYear   bool              `toml:"per_year"`
		Anchor    *anchorRow        `toml:"anchor"`
		Group     []groupRow        `toml:"group"`
		Indicator []memberRow       `toml:"indicator"`
		Choice    []choiceRow       `toml:"choice"`
	}
	imputeRow struct {
		Method     string  `toml:"method"`
		Value      float64 `toml:"value"`
		Limit      int     `toml:"limit"`
		Tolerance  float64 `toml:"tolerance"`
		Iterations int     `toml:"iterations"`
	}
	screenRow struct {
		Share         float64 `toml:"share"`
		ZeroIsMissing bool    `toml:"zero_is_missing"`
		Coverage      float64 `toml:"coverage"`
	}
	treatRow struct {
		Skew       float64 `toml:"skew"`
		Kurtosis   float64 `toml:"kurtosis"`
		Most       int     `toml:"most"`
		Then       string  `toml:"then"`
		Always     bool    `toml:"always"`
		Lambda     float64 `toml:"lambda"`
		FindLambda bool    `toml:"find_lambda"`
	}
	allTreatRow struct {
		treatRow
		PerYear bool `toml:"per_year"`
	}
	normaliseRow struct {
		Method     string    `toml:"method"`
		From       float64   `toml:"from"`
		To         float64   `toml:"to"`
		Mean       float64   `toml:"mean"`
		SD         float64   `toml:"sd"`
		Population bool      `toml:"population"`
		Subtract   float64   `toml:"subtract"`
		Divide     float64   `toml:"divide"`
		Low        float64   `toml:"low"`
		High       float64   `toml:"high"`
		CapLow     bool      `toml:"cap_low"`
		CapHigh    bool      `toml:"cap_high"`
		Target     *float64  `toml:"target"`
		Share      float64   `toml:"share"`
		Quantiles  []float64 `toml:"quantiles"`
		Scores     []float64 `toml:"scores"`
	}
	aggregateRow struct {
		Method    string    `toml:"method"`
		Order     *float64  `toml:"order"`
		Alpha     float64   `toml:"alpha"`
		Beta      float64   `toml:"beta"`
		Reward    bool      `toml:"reward"`
		Positions []float64 `toml:"positions"`
		Threshold float64   `toml:"threshold"`
	}
	anchorRow struct {
		Group  string `toml:"group"`
		Weight string `toml:"weight"`
		Level  int    `toml:"level"`
	}
	weighRow struct {
		Method      string               `toml:"method"`
		Given       []float64            `toml:"given"`
		Comparisons [][]float64          `toml:"comparisons"`
		Covariance  bool                 `toml:"covariance"`
		Pairwise    bool                 `toml:"pairwise"`
		Limits      [][2]float64         `toml:"limits"`
		Target      []float64            `toml:"target"`
		Attribute   string               `toml:"attribute"`
		Sets        map[string][]float64 `toml:"sets"`
	}
	groupRow struct {
		Code      string            `toml:"code"`
		Parent    string            `toml:"parent"`
		Name      map[string]string `toml:"name"`
		Weight    *float64          `toml:"weight"`
		Aggregate *aggregateRow     `toml:"aggregate"`
		Weigh     *weighRow         `toml:"weigh"`
	}
	memberRow struct {
		Code        string            `toml:"code"`
		Parent      string            `toml:"parent"`
		Name        map[string]string `toml:"name"`
		Weight      *float64          `toml:"weight"`
		Direction   Direction         `toml:"direction"`
		Denominator string            `toml:"denominator"`
		Factor      float64           `toml:"factor"`
		Treat       *treatRow         `toml:"treat"`
		Normalise   *normaliseRow     `toml:"normalise"`
		For         []string          `toml:"for"`
	}
	choiceRow struct {
		Name      string               `toml:"name"`
		Most      []int                `toml:"most"`
		Treat     []treatRow           `toml:"treat"`
		Normalise []normaliseRow       `toml:"normalise"`
		Aggregate []aggregateRow       `toml:"aggregate"`
		Impute    []imputeRow          `toml:"impute"`
		Noise     float64              `toml:"noise"`
		Levels    []int                `toml:"levels"`
		Sets      int                  `toml:"sets"`
		Weights   []map[string]float64 `toml:"weights"`
		Doubt     float64              `toml:"doubt"`
		Omit      bool                 `toml:"omit"`
	}
)
