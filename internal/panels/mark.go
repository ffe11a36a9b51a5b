package panels

import (
	"slices"
	"strings"

	"birge/internal/platform/problem"
)

// Score is what an expert says of one criterion of a work.
type Score struct {
	Code string `json:"code"`
	// Points are 0 to the criterion's Max; -1 while nothing is said.
	Points  int    `json:"points"`
	Comment string `json:"comment"`
}

// The bounds of a comment, in characters.
const (
	leastComment = 10
	mostComment  = 4000
)

// CheckScores judges the whole sheet of a work and gives it in the order of the
// criteria: each of them has points within its scale and a comment.
func CheckScores(criteria []Criterion, given []Score) ([]Score, error) {
	var bad problem.Fields
	out := make([]Score, len(criteria))
	for i, c := range criteria {
		out[i] = Score{Code: c.Code, Points: -1}
		if j := slices.IndexFunc(given, func(s Score) bool { return s.Code == c.Code }); j >= 0 {
			out[i] = given[j]
		}
		out[i].Comment = strings.TrimSpace(out[i].Comment)
		length := len([]rune(out[i].Comment))
		bad.Reject(out[i].Points < 0, "points."+c.Code, "panels.points_missing")
		bad.Reject(out[i].Points > c.Max, "points."+c.Code, "panels.points_wrong", "max", c.Max)
		bad.Reject(length < leastComment, "comment."+c.Code, "panels.comment_missing", "min", leastComment)
		bad.Reject(length > mostComment, "comment."+c.Code, "panels.comment_long", "max", mostComment)
	}
	bad.Reject(len(given) > len(criteria), "criteria", "panels.criteria_differ")
	return out, bad.Err()
}

// Total is what a sheet gives a work, in points of 100.
func Total(criteria []Criterion, scores []Score) (points float64) {
	for _, s := range scores {
		if i := slices.IndexFunc(criteria, func(c Criterion) bool { return c.Code == s.Code }); i >= 0 {
			points += float64(criteria[i].Weight*s.Points) / float64(criteria[i].Max)
		}
	}
	return points
}

// Apart tells that totals of one work differ by more than spread points, so that
// one more expert is called; a spread of 0 calls none.
func Apart(totals []float64, spread int) bool {
	const rounding = 1e-9
	return spread > 0 && len(totals) > 1 && slices.Max(totals)-slices.Min(totals) > float64(spread)+rounding
}
