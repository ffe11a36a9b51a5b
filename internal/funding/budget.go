package funding

import (
	"cmp"
	"math/bits"
	"slices"

	"birge/internal/norms"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/search"
)

// ListCategories is the classifier of the categories of a budget.
const ListCategories = norms.Categories

// BudgetLine is one line of the budget of an application. Sums are in tiyn.
type BudgetLine struct {
	ID       ref.ID    `json:"id"`
	Category string    `json:"category"` // code of the classifier "budget_category"
	Name     i18n.Text `json:"name"`
	Unit     i18n.Text `json:"unit"`
	Quantity int64     `json:"quantity"` // thousandths of a unit
	Price    int64     `json:"price"`    // of one unit
	// Sum is quantity times price; Own is the part of it that the applicant and
	// the partners bear.
	Sum    int64     `json:"sum"`
	Own    int64     `json:"own"`
	Reason i18n.Text `json:"reason"` // why it is needed, and why at this price
}

// Asked is what the line asks of the funder.
func (l BudgetLine) Asked() int64 { return l.Sum - l.Own }

const (
	thousandth = 1000
	// mostMoney is beyond any budget, and sums of as many lines still fit.
	mostMoney = 1_000_000_000_000_00
)

// Cost is quantity, in thousandths, times price, to the nearest tiyn; ok is false
// beyond any budget.
func Cost(quantity, price int64) (sum int64, ok bool) {
	if quantity <= 0 || price <= 0 {
		return 0, true
	}
	high, low := bits.Mul64(uint64(quantity), uint64(price))
	low, carry := bits.Add64(low, thousandth/2, 0)
	if high += carry; high >= thousandth {
		return 0, false
	}
	cost, _ := bits.Div64(high, low, thousandth)
	return int64(min(cost, mostMoney)), cost <= mostMoney
}

// totals are the sums of a budget: the whole, and the part that is asked for.
func totals(lines []BudgetLine) (sum, asked int64) {
	for _, l := range lines {
		sum, asked = sum+l.Sum, asked+l.Asked()
	}
	return sum, asked
}

// CategorySum is what one category takes of a budget.
type CategorySum struct {
	Category   string
	Sum, Asked int64
	// Share is the part of the money asked for, in percent from 0 to 100.
	Share float64
	// MaxShare is the bound of the call in percent, 0 when there is none, and Why
	// the reason that the call gives.
	MaxShare int
	Why      i18n.Text
}

// Over tells that the category takes more than the call allows.
func (c CategorySum) Over() bool { return c.MaxShare > 0 && c.Share > float64(c.MaxShare) }

// Categories sums a budget up by category, the largest first.
func Categories(lines []BudgetLine, norms []BudgetNorm) (out []CategorySum) {
	_, asked := totals(lines)
	for _, l := range lines {
		i := slices.IndexFunc(out, func(c CategorySum) bool { return c.Category == l.Category })
		if i < 0 {
			i, out = len(out), append(out, CategorySum{Category: l.Category})
		}
		out[i].Sum, out[i].Asked = out[i].Sum+l.Sum, out[i].Asked+l.Asked()
	}
	for i := range out {
		if asked > 0 {
			out[i].Share = 100 * float64(out[i].Asked) / float64(asked)
		}
		for _, n := range norms {
			if n.Category == out[i].Category && n.MaxShare > 0 {
				out[i].MaxShare, out[i].Why = n.MaxShare, n.Reason
			}
		}
	}
	slices.SortStableFunc(out, func(a, b CategorySum) int { return cmp.Compare(b.Asked, a.Asked) })
	return out
}

// priceNorm is the bound of the price of a line: that of its category and unit,
// or of its category whatever the unit.
func (l BudgetLine) priceNorm(norms []BudgetNorm) (BudgetNorm, bool) {
	i := slices.IndexFunc(norms, func(n BudgetNorm) bool {
		return n.Category == l.Category && n.MaxPrice > 0 && (n.Unit.IsZero() || sameText(n.Unit, l.Unit))
	})
	if i < 0 {
		return BudgetNorm{}, false
	}
	return norms[i], true
}

// sameText tells that two texts are written alike in one of the languages.
func sameText(a, b i18n.Text) bool {
	for _, l := range i18n.Langs {
		if x := search.Fold(a.Get(l)); x != "" && slices.Contains([]string{search.Fold(b.KK), search.Fold(b.RU), search.Fold(b.EN)}, x) {
			return true
		}
	}
	return false
}

// checkBudget judges a budget by itself and by the norms of the call. A price
// above its norm needs a reason; a share above its norm is refused.
func checkBudget(lines []BudgetLine, norms []BudgetNorm, ownShare int) (bad problem.Fields) {
	bad.Reject(len(lines) == 0, "lines", "funding.budget.empty")
	for _, l := range lines {
		at := rowOf("lines", l.ID)
		bad.Reject(l.Category == "", at+"category", "form.required")
		bad.Reject(l.Name.IsZero(), at+"name", "form.required")
		bad.Reject(l.Unit.IsZero(), at+"unit", "form.required")
		bad.Reject(l.Quantity <= 0, at+"quantity", "funding.more_than_zero")
		bad.Reject(l.Price <= 0, at+"price", "funding.more_than_zero")
		cost, ok := Cost(l.Quantity, l.Price)
		bad.Reject(!ok || cost != l.Sum, at+"price", "funding.budget.beyond")
		bad.Reject(l.Own < 0, at+"own", "form.negative")
		bad.Reject(l.Own > l.Sum, at+"own", "funding.budget.own_over_sum")
		if n, ok := l.priceNorm(norms); ok {
			bad.Reject(l.Price > n.MaxPrice && l.Reason.IsZero(), at+"reason", "funding.budget.price_over", "most", i18n.Tiyn(n.MaxPrice))
		}
	}
	for _, c := range Categories(lines, norms) {
		i := slices.IndexFunc(lines, func(l BudgetLine) bool { return l.Category == c.Category })
		bad.Reject(c.Over(), rowOf("lines", lines[i].ID)+"category", "funding.budget.share_over", "most", c.MaxShare)
	}
	sum, asked := totals(lines)
	bad.Reject(len(lines) > 0 && asked <= 0, "lines", "funding.budget.nothing_asked")
	bad.Reject(ownTooSmall(sum, asked, ownShare), "lines", "funding.budget.own_share", "least", ownShare)
	return bad
}

// ownTooSmall tells that the applicant bears less than the percent of the whole
// that the call asks for.
func ownTooSmall(sum, asked int64, percent int) bool {
	return percent > 0 && float64(sum-asked)*100 < float64(sum)*float64(percent)
}

// rowOf is the beginning of the names of the fields of a row that has an id:
// rows of an application keep their names when others come or go.
func rowOf(list string, id ref.ID) string { return list + "." + id.String() + "." }
