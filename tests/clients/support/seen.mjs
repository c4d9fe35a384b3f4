// What can be seen of a page, measured in the page itself. Each function is sent there whole, so it uses nothing from here.

/** What reaches over an edge of the page: where lines end one would have to scroll for it, where they begin one cannot. */
export function tooWide() {
    const { documentElement: root } = document;
    const runsRight = root.dir === 'rtl';
    const all = [...document.querySelectorAll('body *')].map(each => ({ each, box: each.getBoundingClientRect() }));
    const [over, under] = [({ right }) => right > root.clientWidth + 1, ({ left }) => left < -1];
    const [ends, begins] = runsRight ? [under, over] : [over, under];
    // What only a screen reader reads is one pixel wide, whatever is in it.
    const isClipped = each => each && (each.getBoundingClientRect().width <= 1 || isClipped(each.parentElement));
    const lost = all.filter(({ each, box }) => begins(box) && !isClipped(each));
    const far = root.scrollWidth > root.clientWidth ? all.filter(({ box }) => ends(box)) : [];
    if (lost.length === 0 && root.scrollWidth <= root.clientWidth) return [];
    return [`${root.scrollWidth} px`, ...[...lost, ...far].slice(-3).map(({ each }) => each.outerHTML.slice(0, 120))];
}

/** Opens what is folded, numbers all controls, and says what each is. */
export function controls() {
    for (const fold of document.querySelectorAll('details')) {
        fold.removeAttribute('name');
        fold.open = true;
    }
    // The next Tab begins at the top, wherever the way here has left the focus.
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute('tabindex');
    // Of a group of radio buttons Tab reaches the chosen one, and arrows the others.
    const all = [...document.querySelectorAll('a[href], button, input:not([type=hidden], [type=radio]:not(:checked)), select, textarea, summary')]
        .filter(each => !each.disabled && each.checkVisibility());
    all.forEach((each, number) => (each.dataset.number = number));
    return all.map(each => each.outerHTML.replace(/\s+/g, ' ').slice(0, 100));
}

/** The control that has the focus, and why it cannot be told that it has. */
export function focused() {
    const control = document.activeElement;
    if (!control || control === document.body || !control.dataset.number) return null;
    const channels = color => color.match(/[\d.]+/g).map(Number);
    const luminance = color => {
        const [red, green, blue] = channels(color).map(value => value / 255)
            .map(value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const contrast = (one, other) => {
        const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
        return (light + 0.05) / (dark + 0.05);
    };
    const behind = element => {
        for (let at = element; at; at = at.parentElement) {
            const color = getComputedStyle(at).backgroundColor;
            if ((channels(color)[3] ?? 1) > 0.99) return color;
        }
        return 'rgb(255, 255, 255)';
    };
    const faults = [];
    const style = getComputedStyle(control), ground = behind(control.parentElement);
    if (style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2) faults.push('no ring');
    else if (contrast(style.outlineColor, ground) < 3) faults.push(`a faint ring, ${contrast(style.outlineColor, ground).toFixed(1)}`);
    const isField = control.matches('select, input:not([type=checkbox])');
    if (isField && contrast(style.borderTopColor, ground) < 3) faults.push('a faint border');
    // A link that wraps may leave an empty piece at the end of a line: the widest is where people click.
    const box = [...control.getClientRects()].reduce((widest, piece) => piece.width > widest.width ? piece : widest);
    // Three points across: at the very end of a text Chromium finds what is behind it, a hair's breadth wide.
    const y = box.top + Math.min(box.height / 2, 20);
    const points = [1 / 4, 1 / 2, 3 / 4].map(share => [box.left + box.width * share, y]);
    const inside = points.filter(([x]) => x >= 0 && y >= 0 && x <= innerWidth && y <= innerHeight);
    if (inside.length < 2) faults.push(`outside of the window at ${Math.round(points[1][0])}, ${Math.round(y)}`);
    const isOnTop = top => top && (control.contains(top) || top.contains(control) && top.matches('label') || top.control === control);
    const covers = inside.map(([x]) => document.elementFromPoint(x, y)).filter(top => !isOnTop(top));
    if (covers.length > 1) faults.push(`covered by ${covers[0]?.outerHTML.slice(0, 80)}`);
    return { number: Number(control.dataset.number), faults };
}
