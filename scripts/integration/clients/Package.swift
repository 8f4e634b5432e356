// swift-tools-version:6.0
import PackageDescription

// The generated client, laid beside main.swift as Sources/Marquee.
let package = Package(
  name: "client-check",
  targets: [
    .target(name: "Marquee"),
    .executableTarget(name: "check", dependencies: ["Marquee"]),
  ],
  swiftLanguageModes: [.v6]
)
