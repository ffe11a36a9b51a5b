package places

import (
	"sync"

	"birge/internal/platform/ref"
)

// Names finds places by what tables say, each name once for each tree: a table
// of thousands of rows names few places.
type Names struct {
	mu   sync.Mutex
	tree *Tree
	ids  map[nameWithin]ref.ID
}

type nameWithin struct {
	name   string
	within ref.ID
}

// maxNames is how many names are remembered.
const maxNames = 20_000

// Find is the place that s names: by its code, by a name that is one place's
// alone in the country, or alone within the wider place near; 0 when there is none.
func (n *Names) Find(tree *Tree, s string, near ref.ID) ref.ID {
	if p, ok := tree.ByCode(s); ok {
		return p.ID
	}
	if id := n.named(tree, nameWithin{s, 0}); id != 0 || near == 0 {
		return id
	}
	return n.named(tree, nameWithin{s, near})
}

func (n *Names) named(tree *Tree, key nameWithin) ref.ID {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.tree != tree || len(n.ids) > maxNames {
		n.tree, n.ids = tree, map[nameWithin]ref.ID{}
	}
	id, ok := n.ids[key]
	if !ok {
		p, _ := tree.Find(key.name, key.within)
		id = p.ID
		n.ids[key] = id
	}
	return id
}
