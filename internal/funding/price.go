package funding

import (
	"hash/maphash"
	"slices"
	"sync"

	"birge/internal/platform/ref"
	"birge/internal/platform/search"
)

// PastPrice is what something cost in an earlier application or project.
type PastPrice struct {
	Name, Unit string
	Price      int64 // tiyn
}

// PriceRange is what a thing of one name and unit cost before.
type PriceRange struct {
	Count             int
	Low, Median, High int64 // tiyn
}

// fewestPrices is how many prices a range is made of at least: fewer would tell
// what one competitor wrote.
const fewestPrices = 3

// rangeOf is the range of some prices; ok is false when they are too few.
func rangeOf(prices []int64) (r PriceRange, ok bool) {
	n := len(prices)
	if n < fewestPrices {
		return r, false
	}
	sorted := slices.Sorted(slices.Values(prices))
	median := sorted[n/2]
	if n%2 == 0 {
		median = sorted[n/2-1] + (sorted[n/2]-sorted[n/2-1])/2
	}
	return PriceRange{n, sorted[0], median, sorted[n-1]}, true
}

// Stands tells where a price is among those before: "low", "usual" or "high". It
// is usual between the lowest and the highest.
func (r PriceRange) Stands(price int64) string {
	switch {
	case price < r.Low:
		return "low"
	case price > r.High:
		return "high"
	}
	return "usual"
}

// Prices remembers what things cost before: of each name and unit the newest
// prices. It may be used from anywhere at any time.
type Prices struct {
	mu     sync.RWMutex
	of     map[uint64][]price
	byFrom map[ref.ID][]uint64
}

// price is one remembered price and the thing that told it.
type price struct {
	tiyn int64
	from ref.ID
}

const (
	// newestPrices is how many prices of one name and unit are kept.
	newestPrices = 24
	// mostNames bounds the memory; names beyond it are not remembered.
	mostNames = 100_000
)

// NewPrices makes an empty memory of prices.
func NewPrices() *Prices { return &Prices{of: map[uint64][]price{}, byFrom: map[ref.ID][]uint64{}} }

// priceKey is the name and unit of a thing as they are compared.
func priceKey(name, unit string) uint64 {
	var stems []string
	for w := range search.Words(name) {
		stems = append(stems, w.Stem)
	}
	slices.Sort(stems)
	var h maphash.Hash
	h.SetSeed(shingleSeed)
	for _, s := range append(stems, "|", search.Fold(unit)) {
		_, _ = h.WriteString(s)
		_ = h.WriteByte(0)
	}
	return h.Sum64()
}

// Put remembers the prices that a thing tells, in place of those that it told
// before.
func (p *Prices) Put(from ref.ID, told []PastPrice) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.drop(from)
	var keys []uint64
	for _, t := range told {
		key := priceKey(t.Name, t.Unit)
		if _, known := p.of[key]; t.Price <= 0 || !known && len(p.of) >= mostNames {
			continue
		}
		list := append(p.of[key], price{t.Price, from})
		p.of[key] = list[max(0, len(list)-newestPrices):]
		keys = append(keys, key)
	}
	if len(keys) > 0 {
		p.byFrom[from] = keys
	}
}

// Drop forgets what a thing told.
func (p *Prices) Drop(from ref.ID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.drop(from)
}

func (p *Prices) drop(from ref.ID) {
	for _, key := range p.byFrom[from] {
		if p.of[key] = slices.DeleteFunc(p.of[key], func(x price) bool { return x.from == from }); len(p.of[key]) == 0 {
			delete(p.of, key)
		}
	}
	delete(p.byFrom, from)
}

// Of is what a thing of a name and unit cost before; ok is false when too few
// told it. What but told is left out: nobody is compared with himself.
func (p *Prices) Of(name, unit string, but ref.ID) (r PriceRange, ok bool) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	var prices []int64
	tellers := map[ref.ID]bool{}
	for _, x := range p.of[priceKey(name, unit)] {
		if x.from != but {
			prices = append(prices, x.tiyn)
			tellers[x.from] = true
		}
	}
	if len(tellers) < fewestPrices {
		return r, false
	}
	return rangeOf(prices)
}
