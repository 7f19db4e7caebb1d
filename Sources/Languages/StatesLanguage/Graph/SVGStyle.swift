/// How pictures of graphs look on light paper and on dark.
///
/// Plain rules without variables: programs that are not browsers understand them too.
enum SVGStyle {
    /// The colours of one kind of paper.
    private struct Palette {
        let paper: String
        let box: String
        let frame: String
        let ink: String
        let faint: String
        let statuses: [StateSight.Status: String]
    }

    /// The style sheet; its rules apply below `.martlet-workflow` only, so that the picture may lie in a page.
    static let text = """

        .martlet-workflow{font:13.3px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
        .martlet-workflow .line{fill:none;stroke-width:1.4}
        .martlet-workflow .between{fill:none;stroke-dasharray:2 5}
        .martlet-workflow text{pointer-events:none;white-space:pre}
        .martlet-workflow .name{font-weight:600}
        .martlet-workflow .sign{font-size:10px;text-anchor:middle}
        \(rules(light))
        @media(prefers-color-scheme:dark){
        \(rules(dark))
        }

        """

    private static let light = Palette(
        paper: "#ffffff", box: "#f6f8fa", frame: "#818b98", ink: "#1f2328", faint: "#59636e",
        statuses: [
            .running: "#0969da", .retrying: "#9a6700", .succeeded: "#1a7f37", .caught: "#9a6700", .failed: "#cf222e",
            .aborted: "#8250df",
        ])
    private static let dark = Palette(
        paper: "#0d1117", box: "#161b22", frame: "#656c76", ink: "#f0f6fc", faint: "#9198a1",
        statuses: [
            .running: "#4493f8", .retrying: "#d29922", .succeeded: "#3fb950", .caught: "#d29922", .failed: "#f85149",
            .aborted: "#ab7df8",
        ])

    private static func rules(_ palette: Palette) -> String {
        var rules = [
            ".paper,.port{fill:\(palette.paper)}", "text,.tip{fill:\(palette.faint)}", ".name{fill:\(palette.ink)}",
            ".line{stroke:\(palette.faint)}", ".between,.port{stroke:\(palette.frame)}",
            ".state rect{fill:\(palette.box);stroke:\(palette.frame)}",
        ]
        for status in StateSight.Status.allCases {
            guard let colour = palette.statuses[status] else { continue }
            rules.append(".state.\(status) rect{stroke:\(colour);stroke-width:2}")
            rules.append(".\(status) .name,.\(status) .note{fill:\(colour)}")
        }
        return rules.map { rule in
            // Every selector of a rule is one of the picture's own.
            guard let brace = rule.firstIndex(of: "{") else { return rule }
            let selectors = rule[..<brace].split(separator: ",").map { ".martlet-workflow \($0)" }
            return selectors.joined(separator: ",") + rule[brace...]
        }.joined(separator: "\n")
    }
}
